// The fields of a command, drawn from the API's own schema: a new command needs no new screen.
import { Plus } from "lucide-preact";
import { useId } from "preact/hooks";
import { common } from "~/base/common";
import { words } from "~/base/words";
import { Button } from "~/parts/basics";
import { type Option, SelectField, TextArea, TextField } from "~/parts/fields";
import { fieldHint, fieldName, valueName } from "../words/fields";
import { type FieldSpec, rowsOf, type Values, within } from "./schema";

const t = words(
  { newKey: "一覧から選ぶか、device:型番 のように書きます" },
  { newKey: "Choose one, or write it like device:model" },
);

export type Filling = {
  values: Values;
  set: (path: string, value: string) => void;
  wrongs: Partial<Record<string, string>>;
  /** What a field of this name can be, in words: plans, options, devices. */
  known: Record<string, Option[]>;
};

export function SchemaFields({ of, filling }: { of: FieldSpec[]; filling: Filling }) {
  return (
    <div class="form-grid">
      {of.map((field) => (
        <One key={field.path} field={field} filling={filling} />
      ))}
    </div>
  );
}

function One({ field, filling }: { field: FieldSpec; filling: Filling }) {
  if (field.kind === "group") return <Group field={field} of={field.fields ?? []} filling={filling} />;
  if (field.kind === "rows") return <Rows field={field} filling={filling} />;
  if (field.kind === "prices") return <Prices field={field} filling={filling} />;
  return <Leaf field={field} filling={filling} />;
}

function Leaf({ field, filling }: { field: FieldSpec; filling: Filling }) {
  const { values, set, wrongs, known } = filling;
  const wrong = wrongs[field.path];
  const about = {
    label: called(field),
    value: values[field.path] ?? "",
    onValue: (value: string) => set(field.path, value),
    ...(wrong && { wrong }),
    ...(field.needed ? { needed: true } : { optional: true }),
  };
  const choices = choicesOf(field, known);
  if (choices) return <SelectField {...about} options={[{ value: "", label: "–" }, ...choices]} />;
  if (field.kind === "long" || field.kind === "days") return <TextArea {...about} rows={3} />;
  if (field.kind === "number")
    return <TextField {...about} type="number" inputMode="decimal" min={field.least} max={field.most} />;
  const types = { day: "date", month: "month", instant: "datetime-local" } as const;
  const type = field.kind in types ? types[field.kind as keyof typeof types] : "text";
  return <TextField {...about} type={type} maxLength={field.longest} hint={fieldHint(field.name)} />;
}

function choicesOf(field: FieldSpec, known: Record<string, Option[]>): Option[] | undefined {
  if (known[field.name]?.length && field.kind !== "number") return known[field.name];
  if (field.choices) return field.choices.map((value) => ({ value, label: valueName(value) }));
  if (field.kind === "yes") return ["true", "false"].map((value) => ({ value, label: valueName(value) }));
}

function Group({ field, of, filling }: { field: FieldSpec; of: FieldSpec[]; filling: Filling }) {
  return (
    <fieldset class="group">
      <legend>{called(field)}</legend>
      <SchemaFields of={of} filling={filling} />
    </fieldset>
  );
}

/** A row for everything typed so far, and an empty one to begin with. */
function useRows(field: FieldSpec, filling: Filling): { rows: number[]; add: (first: string) => void } {
  const typed = rowsOf(field, filling.values);
  const rows = typed.length ? typed : [0];
  return { rows, add: (first) => filling.set(`${field.path}.${Math.max(...rows) + 1}.${first}`, "") };
}

function Rows({ field, filling }: { field: FieldSpec; filling: Filling }) {
  const { rows, add } = useRows(field, filling);
  return (
    <fieldset class="group">
      <legend>{called(field)}</legend>
      {rows.map((row) => (
        <SchemaFields key={row} of={within(field, row)} filling={filling} />
      ))}
      <Add onAdd={() => add(field.fields?.[0]?.name ?? "")} />
    </fieldset>
  );
}

function Prices({ field, filling }: { field: FieldSpec; filling: Filling }) {
  const { rows, add } = useRows(field, filling);
  const keyPart = (row: number): FieldSpec => ({
    path: `${field.path}.${row}.key`,
    name: "item",
    kind: "text",
    needed: field.needed,
  });
  const yenPart = (row: number): FieldSpec => ({
    path: `${field.path}.${row}.yen`,
    name: "yen",
    kind: "number",
    needed: field.needed,
    least: 0,
  });
  const known = { item: filling.known.price ?? [] };
  const suggested = filling.known.suggested;
  return (
    <fieldset class="group">
      <legend>{called(field)}</legend>
      {rows.map((row) => (
        <div key={row} class="form-grid">
          {suggested ? (
            <Suggested path={`${field.path}.${row}.key`} of={suggested} filling={filling} />
          ) : (
            <One field={keyPart(row)} filling={{ ...filling, known }} />
          )}
          <One field={yenPart(row)} filling={filling} />
        </div>
      ))}
      <Add onAdd={() => add("key")} />
    </fieldset>
  );
}

/** A key of a list that may be a new one: what is known is offered while typing, and its name stands with it. */
function Suggested({ path, of, filling }: { path: string; of: Option[]; filling: Filling }) {
  const list = useId();
  const { values, set, wrongs } = filling;
  const value = values[path] ?? "";
  const wrong = wrongs[path];
  return (
    <div>
      <TextField
        label={fieldName("item")}
        hint={of.find((one) => one.value === value)?.label ?? t().newKey}
        value={value}
        onValue={(text) => set(path, text)}
        list={list}
        autocomplete="off"
        maxLength={64}
        needed
        {...(wrong && { wrong })}
      />
      <datalist id={list}>
        {of.map((one) => (
          <option key={one.value} value={one.value}>
            {one.label}
          </option>
        ))}
      </datalist>
    </div>
  );
}

function Add({ onAdd }: { onAdd: () => void }) {
  return (
    <Button small kind="quiet" onClick={onAdd}>
      <Plus size={16} aria-hidden />
      {common().add}
    </Button>
  );
}

/** `to` is an end of time in most commands, and a person in one. */
const called = ({ name, kind }: FieldSpec) => fieldName(name === "to" && kind !== "instant" ? "to_whom" : name);
