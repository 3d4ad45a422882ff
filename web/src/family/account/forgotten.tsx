// A forgotten password: the address, then the code from the mail with a new password, and one is in.

import { useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { useChange } from "~/api/queries";
import { ask, signIn } from "~/api/session";
import { Banner, Button } from "~/parts/basics";
import { Form, Trouble, useForm } from "~/parts/form";
import { Screen } from "~/parts/screen";
import { tell } from "~/parts/toast";
import { CodeField } from "./code-field";
import { d } from "./door-words";
import { EmailField, NewPasswordField } from "./fields";
import { SendAgain } from "./send-again";
import { Speaks } from "./speaks";
import { door, isCode, wanted } from "./way";
import { w } from "./words";

type Given = { email: string; code: string; password: string };

export function Forgotten() {
  const { query } = useLocation();
  const to = wanted(query.to);
  const form = useForm<Given>({ email: "", code: "", password: "" });
  const [sentTo, setSentTo] = useState("");
  return (
    <Screen title={d().forgottenTitle} back={sentTo ? undefined : door("/sign-in", to)} aside={<Speaks />}>
      {sentTo ? (
        <Reset form={form} to={to} sentTo={sentTo} onBack={() => setSentTo("")} />
      ) : (
        <AskFor form={form} onSent={setSentTo} />
      )}
    </Screen>
  );
}

type Filled = { form: ReturnType<typeof useForm<Given>> };

function AskFor({ form, onSent }: Filled & { onSent: (to: string) => void }) {
  const send = useChange({
    send: (email: string) => ask<{ sent_to: string }>("POST", "/v1/accounts/forgotten", { email }),
    done: ({ sent_to }) => onSent(sent_to),
  });
  const submit = () => {
    const email = form.values.email.trim();
    if (!email) return form.setWrongs({ email: w().needEmail });
    send.mutate(email, { onError: (wrong) => form.blame(wrong) });
  };
  return (
    <div class="stack wide">
      <p>{d().forgottenMore}</p>
      <Form onSubmit={submit} label={d().forgottenTitle}>
        <EmailField {...form.bind("email")} username />
        <Trouble of={send.error?.field ? null : send.error} />
        <Button type="submit" kind="main" wide busy={send.isPending}>
          {d().forgottenGo}
        </Button>
      </Form>
    </div>
  );
}

type Resetting = Filled & { to: string; sentTo: string; onBack: () => void };

function Reset({ form, to, sentTo, onBack }: Resetting) {
  const { route } = useLocation();
  const reset = useChange({
    send: async (body: Given) => {
      await ask("POST", "/v1/accounts/password", body);
      return signIn(body.email, body.password).then(
        (challenge) => !challenge,
        () => false,
      );
    },
    done: (signedIn) => {
      tell(signedIn ? d().resetDone : d().resetSignIn);
      route(signedIn ? to : door("/sign-in", to), true);
    },
  });
  const submit = () => {
    const { email, code, password } = form.values;
    const right = isCode(code) && !!password;
    form.setWrongs({ ...(!isCode(code) && { code: d().needCode }), ...(!password && { password: w().needPassword }) });
    if (right) reset.mutate({ email: email.trim(), code, password }, { onError: (wrong) => form.blame(wrong) });
  };
  return (
    <div class="stack wide">
      <Banner tone="good" role="status" title={d().sentTo(sentTo)}>
        {d().forgottenKnown} {d().sentMore}
      </Banner>
      <Form onSubmit={submit} label={d().forgottenTitle}>
        <CodeField {...form.bind("code")} />
        <input
          class="unseen"
          type="text"
          name="username"
          autocomplete="username"
          value={form.values.email}
          readOnly
          tabIndex={-1}
          aria-hidden="true"
        />
        <NewPasswordField {...form.bind("password")} />
        <Trouble of={reset.error?.field ? null : reset.error} />
        <Button type="submit" kind="main" wide busy={reset.isPending}>
          {d().resetGo}
        </Button>
      </Form>
      <SendAgain path="/v1/accounts/forgotten" email={form.values.email.trim()} />
      <Button kind="quiet" onClick={onBack}>
        {d().otherAddress}
      </Button>
    </div>
  );
}
