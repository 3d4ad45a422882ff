// Signing up: address and password, then the code from the mail, and one is in, where one wanted to go.

import { useEffect, useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { useChange } from "~/api/queries";
import { ask, signIn, who } from "~/api/session";
import { language } from "~/base/words";
import { Banner, Button, ButtonLink } from "~/parts/basics";
import { Form, Trouble, useForm } from "~/parts/form";
import { Screen } from "~/parts/screen";
import { tell } from "~/parts/toast";
import { CodeField } from "./code-field";
import { d } from "./door-words";
import { EmailField, NewPasswordField } from "./fields";
import { SendAgain } from "./send-again";
import { Speaks } from "./speaks";
import { begun, door, isCode, wanted } from "./way";
import { w } from "./words";

type Given = { email: string; password: string };

export function SignUp() {
  const { query, route } = useLocation();
  const to = wanted(query.to);
  const form = useForm<Given>(begun.value ?? { email: "", password: "" });
  const [sentTo, setSentTo] = useState(begun.value?.email ?? "");
  const signedIn = !!who.value;
  useEffect(() => {
    if (!signedIn) return;
    begun.value = null;
    route(to, true);
  }, [signedIn]);
  return (
    <Screen
      title={sentTo ? d().confirmTitle : d().signUpTitle}
      back={sentTo ? undefined : door("/sign-in", to)}
      aside={<Speaks />}
    >
      {sentTo ? (
        <Confirm given={form.values} sentTo={sentTo} onBack={() => setSentTo("")} onLost={() => route(door("/sign-in", to))} />
      ) : (
        <Begin form={form} to={to} onSent={setSentTo} />
      )}
    </Screen>
  );
}

type Beginning = { form: ReturnType<typeof useForm<Given>>; to: string; onSent: (to: string) => void };

function Begin({ form, to, onSent }: Beginning) {
  const begin = useChange({
    send: (body: Given & { language: string }) => ask<{ sent_to: string }>("POST", "/v1/accounts", body),
    done: ({ sent_to }) => onSent(sent_to),
  });
  const submit = () => {
    const { email, password } = form.values;
    const wrongs = { ...(!email.trim() && { email: w().needEmail }), ...(!password && { password: w().needPassword }) };
    form.setWrongs(wrongs);
    if (email.trim() && password)
      begin.mutate({ email: email.trim(), password, language: language.value }, { onError: (wrong) => form.blame(wrong) });
  };
  return (
    <div class="stack wide">
      <p>{d().signUpMore}</p>
      <Form onSubmit={submit} label={d().signUpTitle}>
        <EmailField {...form.bind("email")} username />
        <NewPasswordField {...form.bind("password")} label={w().password} />
        <Trouble of={begin.error?.field ? null : begin.error} />
        <Button type="submit" kind="main" wide busy={begin.isPending}>
          {d().signUpGo}
        </Button>
      </Form>
      <ButtonLink kind="quiet" href={door("/sign-in", to)}>
        {d().toSignIn}
      </ButtonLink>
    </div>
  );
}

type Confirming = { given: Given; sentTo: string; onBack: () => void; onLost: () => void };

function Confirm({ given: { email, password }, sentTo, onBack, onLost }: Confirming) {
  const form = useForm({ code: "" });
  const confirm = useChange({
    send: async (code: string) => {
      await ask("POST", "/v1/accounts/confirm", { email, code });
      return signIn(email, password).catch(onLost); // confirmed it is; a sign-in that fails is tried there
    },
    done: () => tell(d().welcome),
  });
  const submit = () => {
    if (!isCode(form.values.code)) return form.setWrongs({ code: d().needCode });
    confirm.mutate(form.values.code, { onError: (wrong) => form.blame(wrong) });
  };
  return (
    <div class="stack wide">
      <Banner tone="good" role="status" title={d().sentTo(sentTo)}>
        {d().sentMore}
      </Banner>
      <Form onSubmit={submit} label={d().confirmTitle}>
        <CodeField {...form.bind("code")} />
        <Trouble of={confirm.error?.field ? null : confirm.error} />
        <Button type="submit" kind="main" wide busy={confirm.isPending}>
          {d().confirmGo}
        </Button>
      </Form>
      <SendAgain path="/v1/accounts/code" email={email} />
      <Button kind="quiet" onClick={onBack}>
        {d().otherAddress}
      </Button>
      <p class="soft small">
        {d().signUpKnown} {d().signUpLater}
      </p>
    </div>
  );
}
