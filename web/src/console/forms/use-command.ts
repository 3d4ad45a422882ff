// What was typed into a command's form, and what the API complains of. Nothing typed is lost by an error.
import { useState } from "preact/hooks";
import { Problem } from "~/api/problem";
import type { Option } from "~/parts/fields";
import { useSchema } from "./openapi";
import { bodyOf, type FieldSpec, fieldsOf, placeOf, type Values } from "./schema";
import type { Filling } from "./schema-form";

export type CommandForm = {
  /** undefined while the API's document is on its way: until then nothing can be sent, for it would be sent empty. */
  fields: FieldSpec[] | undefined;
  error: unknown;
  filling: Filling;
  body: () => Record<string, unknown>;
  /** Puts a complaint beside its field; what has none is answered back, to be shown above the buttons. */
  blame: (wrong: unknown) => unknown;
  /** As at the beginning: what was carried out is not sent again by one press too many. */
  clear: () => void;
};

export function useCommand(path: string, known: Record<string, Option[]>, begin: Values = {}): CommandForm {
  const { schema, error } = useSchema(path);
  const [values, setValues] = useState<Values>(begin);
  const [wrongs, setWrongs] = useState<Partial<Record<string, string>>>({});
  const fields = schema && fieldsOf(schema);
  const set = (at: string, value: string) => {
    setValues((now) => ({ ...now, [at]: value }));
    setWrongs(({ [at]: _gone, ...others }) => others);
  };
  const blame = (wrong: unknown) => {
    const at = wrong instanceof Problem ? placeOf(wrong.field) : "";
    if (!(wrong instanceof Problem) || !at || !fields || !mentions(fields, at)) return wrong;
    setWrongs({ [at]: [wrong.detail, wrong.cure].filter(Boolean).join(" ") });
  };
  const clear = () => setValues(begin);
  return { fields, error, filling: { values, set, wrongs, known }, body: () => bodyOf(fields ?? [], values), blame, clear };
}

/** What a link has filled in already: `with.deadline=2026-12-01`. */
export function filledIn(query: Record<string, string>): Record<string, string> {
  const given = Object.entries(query).filter(([name]) => name.startsWith("with."));
  return Object.fromEntries(given.map(([name, value]) => [name.slice("with.".length), value]));
}

const mentions = (fields: FieldSpec[], at: string): boolean =>
  fields.some((one) => one.path === at || (one.fields ? at.startsWith(`${one.path}.`) : false));
