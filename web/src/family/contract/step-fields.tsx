// The fields that a step asks for, as the API describes them.
import { day } from "~/base/format";
import { said } from "~/base/words";
import { RadioField, SelectField, TextField, TickField } from "~/parts/fields";
import type { useForm } from "~/parts/form";
import { price } from "~/parts/price";
import type { Ask } from "./asked";
import { isAsked, most, type Values } from "./step";
import { w } from "./words";

type Form = ReturnType<typeof useForm<Values>>;

export function StepFields({ of, form }: { of: Ask[]; form: Form }) {
  return (
    <>
      {of
        .filter((ask) => isAsked(ask, of, form.values))
        .map((ask) =>
          ask.kind === "address" ? (
            <Address key={ask.name} ask={ask} form={form} />
          ) : (
            <One key={ask.name} ask={ask} of={of} form={form} />
          ),
        )}
    </>
  );
}

function One({ ask, of, form }: { ask: Ask; of: Ask[]; form: Form }) {
  const label = said(ask.label);
  const need = ask.required ? { needed: true } : { optional: true };
  const { wrong, ...bound } = form.bind(ask.name);
  const common = { label, ...need, ...bound, ...(wrong && { wrong }) };
  if (ask.kind === "choice") return <RadioField {...common} options={options(ask)} />;
  if (ask.kind === "yes_no")
    return (
      <TickField
        label={label}
        price={ask.price ? price(ask.price) : undefined}
        checked={form.values[ask.name] === true}
        onChecked={(checked) => form.set(ask.name, checked)}
      />
    );
  if (ask.kind === "day")
    return (
      <TextField
        {...common}
        type="date"
        hint={days(ask)}
        {...(ask.earliest && { min: ask.earliest })}
        {...(ask.latest && { max: ask.latest })}
      />
    );
  if (ask.kind === "number")
    return <TextField {...common} inputMode="numeric" hint={w().howMany(most(of, form.values))} autoComplete="off" />;
  return <TextField {...common} autoComplete="off" />;
}

/** What is in use; where there is nothing else to choose, why it is there to be chosen. */
const inUse = (ask: Ask) => (ask.name === "payment_method" && ask.choices?.length === 1 ? w().currentWay : w().current);

/** Between which days one can be chosen. */
function days({ earliest, latest }: Ask): string {
  if (!earliest) return "";
  return latest ? w().between(day(earliest), day(latest)) : w().from_(day(earliest));
}

function options(ask: Ask) {
  return (ask.choices ?? []).map((one) => ({
    value: one.value,
    label: said(one.label),
    disabled: !!one.refused,
    ...(one.price && { price: price(one.price) }),
    ...((one.refused || one.current) && {
      more: one.refused ? said(one.refused) : inUse(ask),
    }),
  }));
}

function Address({ ask, form }: { ask: Ask; form: Form }) {
  return (
    <fieldset class="stack">
      <legend>{said(ask.label)}</legend>
      {(ask.parts ?? []).map((field) => {
        const { wrong, ...bound } = form.bind(field.name);
        const common = { label: said(field.label), ...bound, ...(wrong && { wrong }) };
        if ((field.schema as { type?: string }).type === "boolean")
          return (
            <TickField
              key={field.name}
              label={common.label}
              checked={form.values[field.name] === true}
              onChecked={(checked) => form.set(field.name, checked)}
            />
          );
        if (!field.choices?.length)
          return (
            <TextField key={field.name} {...common} autoComplete={AUTOCOMPLETE[field.name.split(".")[1] ?? ""] ?? "off"} />
          );
        const choices = field.choices.map((one) => ({ value: one.value, label: said(one.label), disabled: !one.allowed }));
        return <SelectField key={field.name} {...common} options={[{ value: "", label: w().notChosen }, ...choices]} />;
      })}
    </fieldset>
  );
}

const AUTOCOMPLETE: Record<string, string> = { postal_code: "postal-code", address: "street-address" };
