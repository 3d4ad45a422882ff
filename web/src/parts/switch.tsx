// On or off at once, without a button to save: the label says what, the knob how it stands.
import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

type Props = {
  label: ComponentChildren;
  on: boolean;
  busy?: boolean;
  disabled?: boolean;
  /** On, and without effect for now: the id of the words that say until when. */
  resting?: string | undefined;
  onChange: (on: boolean) => void;
};

/** While it is on its way it shows how it stands, not how it is wished. */
export function Switch({ label, on, busy, disabled, resting, onChange }: Props) {
  const id = useId();
  return (
    <button
      type="button"
      role="switch"
      class={resting ? "switch resting" : "switch"}
      aria-checked={on}
      aria-labelledby={id}
      aria-describedby={resting}
      aria-busy={busy || undefined}
      disabled={disabled}
      onClick={() => !busy && onChange(!on)}
    >
      <span id={id}>{label}</span>
      <span class="knob" aria-hidden />
    </button>
  );
}
