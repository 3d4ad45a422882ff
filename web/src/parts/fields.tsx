// Things to fill in. The label says what, the hint how, the wrong what to change; they are tied together for screen readers.

import { CircleAlert } from "lucide-preact";
import type { ComponentChildren, JSX } from "preact";
import { useId } from "preact/hooks";
import { common } from "~/base/common";
import { dated } from "./dated";

type FieldProps = {
  label: ComponentChildren;
  hint?: ComponentChildren;
  wrong?: string;
  needed?: boolean;
  optional?: boolean;
};

type Tied = { id: string; "aria-describedby"?: string; "aria-invalid"?: true; required?: boolean };

/** A label, a hint and a complaint around one input, which gets the ties. */
export function Field({
  label,
  hint,
  wrong,
  needed,
  optional,
  children,
}: FieldProps & { children: (tied: Tied) => ComponentChildren }) {
  const id = useId();
  const about = [hint && `${id}-hint`, wrong && `${id}-wrong`].filter(Boolean).join(" ");
  const tied: Tied = {
    id,
    ...(about && { "aria-describedby": about }),
    ...(wrong && { "aria-invalid": true }),
    ...(needed && { required: true }),
  };
  return (
    <div class="field">
      <label class="label" for={id}>
        {label}
        {needed && <span class="needed">{common().needed}</span>}
        {optional && <span class="needed">{common().optional}</span>}
      </label>
      {hint && (
        <span class="hint" id={`${id}-hint`}>
          {hint}
        </span>
      )}
      {children(tied)}
      <Wrong id={`${id}-wrong`} text={wrong} />
    </div>
  );
}

function Wrong({ id, text }: { id: string; text?: string | undefined }) {
  if (!text) return null;
  return (
    <span class="wrong" id={id}>
      <CircleAlert size={18} aria-hidden />
      {text}
    </span>
  );
}

type Input = Omit<JSX.InputHTMLAttributes<HTMLInputElement>, "value" | "onInput" | "label"> &
  FieldProps & { value: string; onValue: (value: string) => void };

export function TextField({ label, hint, wrong, needed, optional, value, onValue, ...rest }: Input) {
  return (
    <Field {...{ label, hint, wrong, needed, optional }}>
      {(tied) => (
        <input
          type="text"
          class="input"
          {...rest}
          {...tied}
          value={value}
          onInput={(event) => onValue(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}

type Area = Omit<JSX.TextareaHTMLAttributes<HTMLTextAreaElement>, "value" | "onInput" | "label"> &
  FieldProps & { value: string; onValue: (value: string) => void };

export function TextArea({ label, hint, wrong, needed, optional, value, onValue, ...rest }: Area) {
  return (
    <Field {...{ label, hint, wrong, needed, optional }}>
      {(tied) => (
        <textarea class="input" {...rest} {...tied} value={value} onInput={(event) => onValue(event.currentTarget.value)} />
      )}
    </Field>
  );
}

export type Option = { value: string; label: string; more?: ComponentChildren; price?: ComponentChildren; disabled?: boolean };
type Choosing = FieldProps & { value: string; onValue: (value: string) => void; options: Option[]; disabled?: boolean };

export function SelectField({ label, hint, wrong, needed, optional, value, onValue, options, disabled }: Choosing) {
  return (
    <Field {...{ label, hint, wrong, needed, optional }}>
      {(tied) => (
        <select
          class="input"
          {...tied}
          value={value}
          disabled={disabled}
          onChange={(event) => onValue(event.currentTarget.value)}
        >
          {options.map((one) => (
            <option key={one.value} value={one.value} disabled={one.disabled}>
              {one.label}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

/** One of a few, each with its words and price: easier for a thumb than a list that opens. */
export function RadioField({ label, hint, wrong, needed, value, onValue, options }: Choosing) {
  const name = useId();
  return (
    <fieldset class="field" aria-describedby={wrong ? `${name}-wrong` : undefined}>
      <legend>
        {label}
        {needed && <span class="needed">{common().needed}</span>}
      </legend>
      {hint && <span class="hint">{hint}</span>}
      <div class="stack tight">
        {options.map((one) => (
          <label class="choice" key={one.value}>
            <input
              type="radio"
              name={name}
              value={one.value}
              checked={value === one.value}
              disabled={one.disabled}
              aria-invalid={wrong ? true : undefined}
              onChange={() => onValue(one.value)}
            />
            <span>{dated(one.label)}</span>
            {one.price && <span class="price number">{one.price}</span>}
            {one.more && <span class="more">{one.more}</span>}
          </label>
        ))}
      </div>
      <Wrong id={`${name}-wrong`} text={wrong} />
    </fieldset>
  );
}

type Ticking = {
  label: ComponentChildren;
  more?: ComponentChildren;
  price?: ComponentChildren;
  wrong?: string;
  checked: boolean;
  disabled?: boolean;
  onChecked: (checked: boolean) => void;
};

export function TickField({ label, more, price, wrong, checked, disabled, onChecked }: Ticking) {
  const id = useId();
  return (
    <div class="field">
      <label class="choice">
        <input
          type="checkbox"
          checked={checked}
          disabled={disabled}
          aria-invalid={wrong ? true : undefined}
          aria-describedby={wrong ? `${id}-wrong` : undefined}
          onChange={(event) => onChecked(event.currentTarget.checked)}
        />
        <span>{label}</span>
        {price && <span class="price number">{price}</span>}
        {more && <span class="more">{more}</span>}
      </label>
      <Wrong id={`${id}-wrong`} text={wrong} />
    </div>
  );
}
