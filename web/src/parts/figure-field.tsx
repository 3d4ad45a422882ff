// A figure with its unit and its limits, to type or to step with two large buttons.
import { Minus, Plus } from "lucide-preact";
import type { ComponentChildren } from "preact";
import { figure } from "~/base/format";
import { words } from "~/base/words";
import { Button } from "./basics";
import { Field } from "./fields";

const w = words(
  {
    less: "減らす",
    more: "増やす",
    between: (least: string, most: string) => `${least}から${most}まで`,
  },
  {
    less: "Less",
    more: "More",
    between: (least: string, most: string) => `${least} to ${most}`,
  },
);

type Props = {
  label: ComponentChildren;
  hint?: ComponentChildren;
  wrong?: string | undefined;
  value: string;
  unit?: string;
  least?: number | undefined;
  most?: number | undefined;
  step?: number;
  onValue: (value: string) => void;
};

/** What is typed stays as it was typed; the buttons keep within the limits. */
export function FigureField({ label, hint, wrong, value, unit = "", least, most, step = 1, onValue }: Props) {
  const to = (by: number) => {
    const next = (Number(value) || 0) + by;
    const kept = Math.min(most ?? next, Math.max(least ?? next, next));
    onValue(String(Math.round(kept * 1000) / 1000));
  };
  const limits = least !== undefined && most !== undefined ? w().between(figure(least, unit), figure(most, unit)) : "";
  const about = [hint, limits].filter(Boolean).join(" · ");
  return (
    <Field label={label} hint={about} wrong={wrong}>
      {(tied) => (
        <span class="figure-field">
          <Button
            round
            aria-label={w().less}
            disabled={least !== undefined && Number(value) <= least}
            onClick={() => to(-step)}
          >
            <Minus size={20} aria-hidden />
          </Button>
          <input
            {...tied}
            class="input number"
            inputMode="decimal"
            value={value}
            onInput={(event) => onValue(event.currentTarget.value)}
          />
          {unit && <span class="unit">{unit}</span>}
          <Button round aria-label={w().more} disabled={most !== undefined && Number(value) >= most} onClick={() => to(step)}>
            <Plus size={20} aria-hidden />
          </Button>
        </span>
      )}
    </Field>
  );
}
