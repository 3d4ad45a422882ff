import { TextField } from "~/parts/fields";
import { d } from "./door-words";
import type { Bound } from "./fields";
import { figuresOf } from "./way";

/** The six figures of the mail, however they are typed. */
export function CodeField({ onValue, wrong = "", ...rest }: Bound) {
  return (
    <TextField
      {...rest}
      wrong={wrong}
      onValue={(typed) => onValue(figuresOf(typed))}
      label={d().code}
      hint={d().codeHint}
      inputMode="numeric"
      autocomplete="one-time-code"
    />
  );
}
