// E-mail address and password, and a new password where one must be chosen first. Used by the sign-in and by the dialog of a session that ran out.
import { useState } from "preact/hooks";
import { Problem } from "~/api/problem";
import { type Challenge, meet, signIn } from "~/api/session";
import { Button } from "~/parts/basics";
import { Form, Trouble, useForm } from "~/parts/form";
import { PasswordField } from "~/parts/password-field";
import { EmailField, NewPasswordField } from "./fields";
import { w } from "./words";

type Props = { email?: string; onUnconfirmed?: (email: string, password: string) => void };

export function Credentials({ email = "", onUnconfirmed }: Props) {
  const form = useForm({ email, password: "", fresh: "" });
  const [challenge, setChallenge] = useState<Challenge>();
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<unknown>();

  const submit = async () => {
    const { password, fresh } = form.values;
    const email = form.values.email.trim();
    if (!email) return form.setWrongs({ email: w().needEmail });
    if (challenge ? !fresh : !password) return form.setWrongs({ [challenge ? "fresh" : "password"]: w().needPassword });
    setBusy(true);
    setWrong(undefined);
    try {
      setChallenge(challenge ? await meet(email, challenge, fresh) : await signIn(email, password));
    } catch (trouble) {
      if (trouble instanceof Problem && trouble.reason === "not_confirmed" && onUnconfirmed)
        return onUnconfirmed(email, password);
      if (!form.blame(trouble, challenge ? { password: "fresh" } : {})) setWrong(trouble);
      if (!(trouble instanceof Problem)) throw trouble;
    } finally {
      setBusy(false);
    }
  };

  return (
    <Form onSubmit={submit} label={w().signIn}>
      {challenge ? (
        <NewPasswordField {...form.bind("fresh")} why={w().newPasswordWhy} />
      ) : (
        <>
          <EmailField {...form.bind("email")} username />
          <PasswordField {...form.bind("password")} label={w().password} autofocus={!!email} />
        </>
      )}
      <Trouble of={wrong} />
      <Button type="submit" kind="main" wide busy={busy}>
        {w().signIn}
      </Button>
    </Form>
  );
}
