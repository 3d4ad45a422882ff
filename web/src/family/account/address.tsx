// Another e-mail address: a code goes to the new one, and the old one stays until it comes back.

import { useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { api, data } from "~/api/client";
import { useChange } from "~/api/queries";
import { bearer, who } from "~/api/session";
import { homesKey } from "~/base/homes";
import { Banner, Button } from "~/parts/basics";
import { Form, Trouble, useForm } from "~/parts/form";
import { PasswordField } from "~/parts/password-field";
import { Screen } from "~/parts/screen";
import { tell } from "~/parts/toast";
import { CodeField } from "./code-field";
import { d } from "./door-words";
import { EmailField } from "./fields";
import { o } from "./own-words";
import { isCode } from "./way";
import { w } from "./words";

type Given = { email: string; password: string };

export function Address() {
  const form = useForm<Given>({ email: "", password: "" });
  const [sentTo, setSentTo] = useState("");
  const send = useChange({
    send: (body: Given) => data(api.POST("/v1/me/email", { body })),
    done: ({ sent_to }) => (sentTo ? tell(d().sentAgain) : setSentTo(sent_to)),
  });
  const ask = () => {
    const { email, password } = form.values;
    form.setWrongs({ ...(!email.trim() && { email: w().needEmail }), ...(!password && { password: w().needPassword }) });
    if (email.trim() && password) send.mutate({ email: email.trim(), password }, { onError: (wrong) => form.blame(wrong) });
  };
  return (
    <Screen title={o().emailChange} back="/account">
      {sentTo ? (
        <div class="stack wide">
          <Banner tone="info" role="status" title={o().emailSent(sentTo)}>
            {o().emailSentMore} {d().sentMore}
          </Banner>
          <Confirm />
          <Trouble of={send.error} />
          <Button busy={send.isPending} onClick={ask}>
            {d().sendAgain}
          </Button>
          <Button kind="quiet" onClick={() => setSentTo("")}>
            {o().emailOther}
          </Button>
        </div>
      ) : (
        <div class="stack wide">
          <p>{o().nowEmail(who.value?.email ?? "")}</p>
          <Form onSubmit={ask} label={o().emailChange}>
            <EmailField {...form.bind("email")} label={o().newEmail} />
            <PasswordField {...form.bind("password")} label={o().nowPassword} hint={o().passwordWhy} />
            <Trouble of={send.error?.field ? null : send.error} />
            <Button type="submit" kind="main" wide busy={send.isPending}>
              {o().emailSend}
            </Button>
          </Form>
        </div>
      )}
    </Screen>
  );
}

function Confirm() {
  const { route } = useLocation();
  const form = useForm({ code: "" });
  const confirm = useChange({
    send: async (code: string) => {
      await data(api.POST("/v1/me/email/confirm", { body: { code } }));
      await bearer(true).catch(() => ""); // the next token names the new address; without a line it comes later
    },
    touches: [homesKey],
    done: () => {
      tell(o().emailDone);
      route("/account", true);
    },
  });
  const submit = () => {
    if (!isCode(form.values.code)) return form.setWrongs({ code: d().needCode });
    confirm.mutate(form.values.code, { onError: (wrong) => form.blame(wrong) });
  };
  return (
    <Form onSubmit={submit} label={d().confirmTitle}>
      <CodeField {...form.bind("code")} />
      <Trouble of={confirm.error?.field ? null : confirm.error} />
      <Button type="submit" kind="main" wide busy={confirm.isPending}>
        {o().emailGo}
      </Button>
    </Form>
  );
}
