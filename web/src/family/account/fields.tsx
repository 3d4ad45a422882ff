// What every door asks for: the address, and a new password with what it must be.
import { useQuery } from "~/api/queries";
import { ask } from "~/api/session";
import { type Both, said } from "~/base/words";
import { TextField } from "~/parts/fields";
import { PasswordField } from "~/parts/password-field";
import { w } from "./words";

export type Bound = { value: string; onValue: (value: string) => void; wrong: string | undefined };

/** `username`: the address that one signs in with, as password managers know it. */
export function EmailField({ label, username, wrong = "", ...rest }: Bound & { label?: string; username?: boolean }) {
  return (
    <TextField
      {...rest}
      wrong={wrong}
      label={label ?? w().email}
      type="email"
      inputMode="email"
      autocomplete={username ? "username" : "email"}
      autoCapitalize="none"
      spellcheck={false}
    />
  );
}

/** A new password, and what it must be: the API's own words. */
export function NewPasswordField({ label, why = "", ...bound }: Bound & { label?: string; why?: string }) {
  const rules = useQuery({
    queryKey: ["password-rules"],
    queryFn: () => ask<{ password: Both }>("GET", "/v1/accounts/rules"),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const hint = [why, said(rules.data?.password)].filter(Boolean).join(" ");
  return <PasswordField {...bound} label={label ?? w().newPassword} hint={hint} autocomplete="new-password" />;
}
