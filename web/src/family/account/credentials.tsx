// E-mail address and password, and a new password where one must be chosen first. Used by the sign-in and by the dialog of a session that ran out.
import { useState } from "preact/hooks";
import { Problem } from "~/api/problem";
import { type Challenge, meet, signIn } from "~/api/session";
import { Button } from "~/parts/basics";
import { TextField } from "~/parts/fields";
import { Form, Trouble, useForm } from "~/parts/form";
import { w } from "./words";

export function Credentials({ email = "", onDone }: { email?: string; onDone?: () => void }) {
  const form = useForm({ email, password: "", fresh: "" });
  const [challenge, setChallenge] = useState<Challenge>();
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<unknown>();

  const submit = async () => {
    const { email, password, fresh } = form.values;
    if (!email) return form.setWrongs({ email: w().needEmail });
    if (challenge ? !fresh : !password) return form.setWrongs({ [challenge ? "fresh" : "password"]: w().needPassword });
    setBusy(true);
    setWrong(undefined);
    try {
      const next = challenge ? await meet(email, challenge, fresh) : await signIn(email, password);
      setChallenge(next);
      if (!next) onDone?.();
    } catch (trouble) {
      if (!form.blame(trouble, challenge ? { password: "fresh" } : {})) setWrong(trouble);
      if (!(trouble instanceof Problem)) throw trouble;
    } finally {
      setBusy(false);
    }
  };

  return (
    <Form onSubmit={submit} label={w().signIn}>
      {challenge ? (
        <TextField
          {...form.bind("fresh")}
          label={w().newPassword}
          hint={`${w().newPasswordWhy} ${w().passwordHint}`}
          type="password"
          autocomplete="new-password"
        />
      ) : (
        <>
          <TextField
            {...form.bind("email")}
            label={w().email}
            type="email"
            autocomplete="username"
            inputMode="email"
            autoCapitalize="none"
          />
          <TextField {...form.bind("password")} label={w().password} type="password" autocomplete="current-password" />
        </>
      )}
      <Trouble of={wrong} />
      <Button type="submit" kind="main" wide busy={busy}>
        {w().signIn}
      </Button>
    </Form>
  );
}
