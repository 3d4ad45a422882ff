// Another password, by the one that is known.
import { useLocation } from "preact-iso";
import { api, data } from "~/api/client";
import { useChange } from "~/api/queries";
import { take } from "~/api/session";
import { Button } from "~/parts/basics";
import { Form, Trouble, useForm } from "~/parts/form";
import { PasswordField } from "~/parts/password-field";
import { Screen } from "~/parts/screen";
import { tell } from "~/parts/toast";
import { NewPasswordField } from "./fields";
import { o } from "./own-words";
import { w } from "./words";

type Given = { password: string; new_password: string };

export function Password() {
  const { route } = useLocation();
  const form = useForm<Given>({ password: "", new_password: "" });
  const change = useChange({
    send: (body: Given) => data(api.POST("/v1/me/password", { body })),
    done: (session) => {
      take(session);
      tell(o().passwordDone);
      route("/account", true);
    },
  });
  const submit = () => {
    const empty = Object.entries(form.values).filter(([, value]) => !value);
    form.setWrongs(Object.fromEntries(empty.map(([name]) => [name, w().needPassword])));
    if (!empty.length) change.mutate(form.values, { onError: (wrong) => form.blame(wrong) });
  };
  return (
    <Screen title={o().passwordChange} back="/account">
      <div class="stack wide">
        <p>{o().passwordMore}</p>
        <Form onSubmit={submit} label={o().passwordChange}>
          <PasswordField {...form.bind("password")} label={o().nowPassword} />
          <NewPasswordField {...form.bind("new_password")} />
          <Trouble of={change.error?.field ? null : change.error} />
          <Button type="submit" kind="main" wide busy={change.isPending}>
            {o().passwordGo}
          </Button>
        </Form>
      </div>
    </Screen>
  );
}
