// The fields of a step, drawn from the form: what is asked first, the rest behind "more".

import { day } from "~/base/format";
import { language, said } from "~/base/words";
import { RadioField, SelectField, TextField, TickField } from "~/parts/fields";
import { asked, hasPayer } from "./draft";
import type { Field } from "./form";
import type { StepProps } from "./wizard";
import { w } from "./words";

type Schema = { type?: string; format?: string; enum?: string[]; maxLength?: number };

// How a browser may fill a field in by itself.
const AUTOCOMPLETE: Record<string, string> = {
  "applicant.name": "name",
  "applicant.birth_date": "bday",
  "applicant.card_holder": "cc-name",
  "contact.name": "name",
  "contact.email": "email",
  "contact.phone": "tel",
  "contact.postal_code": "postal-code",
  "contact.address": "street-address",
  "contact.company": "organization",
};
const INPUT: Record<string, "email" | "tel" | "numeric"> = { email: "email", phone: "tel", postal_code: "numeric" };

// The order in which people are used to being asked.
const ORDER = [
  "kind",
  "name",
  "name_kana",
  "birth_date",
  "card_holder",
  "email",
  "phone",
  "postal_code",
  "prefecture",
  "address",
];
const rank = ({ name }: Field) => (ORDER.indexOf(name.split(".")[1] ?? "") + ORDER.length + 1) % (ORDER.length + 1);

export function Fields({ groups, ...props }: StepProps & { groups: string[] }) {
  const { plan, draft, set } = props;
  const all = asked(plan, draft, groups).toSorted((one, other) => rank(one) - rank(other));
  const first = all.filter(
    (field) => field.asked !== "optional" || field.name.startsWith("payer_contact.") || field.name === "applicant.payer",
  );
  const rest = all.filter((field) => !first.includes(field));
  const payer = groups.includes("applicant.") && hasPayer(plan);
  return (
    <>
      {first.map((field) => (
        <Ask key={field.name} field={field} {...props} />
      ))}
      {payer && (
        <TickField label={w().payer} checked={draft.another_pays} onChecked={(another_pays) => set({ another_pays })} />
      )}
      {rest.length > 0 && (
        <details>
          <summary>{w().more}</summary>
          <div class="stack">
            {rest.map((field) => (
              <Ask key={field.name} field={field} {...props} />
            ))}
          </div>
        </details>
      )}
    </>
  );
}

function Ask({ field, draft, set, wrongs }: StepProps & { field: Field }) {
  const schema = field.schema as Schema;
  const told = draft.fields[field.name];
  const tell = (value: string | boolean) => set({ fields: { ...draft.fields, [field.name]: value } });
  const common = {
    label: said(field.label),
    needed: field.asked !== "optional",
    wrong: wrongs[field.name],
    hint: hintOf(field),
  };
  if (schema.type === "boolean")
    return <TickField label={common.label} more={common.hint} checked={told === true} onChecked={tell} />;
  const value = typeof told === "string" ? told : "";
  if (field.choices?.length) {
    const options = field.choices.map((one) => ({ value: one.value, label: said(one.label), disabled: !one.allowed }));
    return (
      <SelectField {...common} value={value} onValue={tell} options={[{ value: "", label: w().neededChoice }, ...options]} />
    );
  }
  if (schema.enum)
    return (
      <RadioField
        {...common}
        value={value}
        onValue={tell}
        options={schema.enum.map((one) => ({ value: one, label: wordOf(one) }))}
      />
    );
  const part = field.name.split(".").at(-1) ?? "";
  const type = schema.format === "date" ? "date" : schema.format === "email" ? "email" : part === "phone" ? "tel" : "text";
  return (
    <TextField
      {...common}
      value={value}
      onValue={tell}
      type={type}
      lang={language.value}
      maxLength={schema.maxLength}
      inputMode={INPUT[part]}
      autocomplete={AUTOCOMPLETE[field.name] ?? "off"}
    />
  );
}

/** What helps to fill it in; of the terms only what limits this field. */
function hintOf(field: Field): string {
  const parts = [
    field.latest && !field.unless ? w().latest(day(field.latest)) : "",
    field.same_as && field.same_as !== field.name ? w().same : "",
    ...(field.latest || field.allowed ? field.texts.slice(0, 1).map(said) : []),
  ];
  return parts.filter(Boolean).join(" ");
}

const wordOf = (value: string) =>
  value === "person"
    ? w().person
    : value === "corporation"
      ? w().corporation
      : value === "ja"
        ? w().ja
        : value === "en"
          ? w().en
          : value;
