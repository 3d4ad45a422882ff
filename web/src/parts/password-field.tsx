// A password, which may be looked at while it is typed: on a small keyboard nobody types long ones blindly.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { words } from "~/base/words";
import { Button } from "./basics";
import { Field } from "./fields";

const w = words({ show: "表示", showIt: "入力した文字を表示" }, { show: "Show", showIt: "Show what is typed" });

type Props = Omit<JSX.InputHTMLAttributes<HTMLInputElement>, "value" | "onInput" | "label" | "type"> & {
  label: string;
  hint?: string;
  wrong?: string | undefined;
  value: string;
  onValue: (value: string) => void;
};

export function PasswordField({ label, hint = "", wrong = "", value, onValue, ...rest }: Props) {
  const [shown, setShown] = useState(false);
  return (
    <Field {...{ label, hint, wrong }}>
      {(tied) => (
        <div class="beside">
          <input
            autocomplete="current-password"
            autoCapitalize="none"
            spellcheck={false}
            {...rest}
            {...tied}
            class="input"
            type={shown ? "text" : "password"}
            value={value}
            onInput={(event) => onValue(event.currentTarget.value)}
          />
          <Button aria-pressed={shown} aria-label={w().showIt} onClick={() => setShown(!shown)}>
            {w().show}
          </Button>
        </div>
      )}
    </Field>
  );
}
