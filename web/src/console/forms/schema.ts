// A JSON Schema of the API read as a form, and what was filled in as the body that the schema asks for.
// Every value is text under its path ("site.prefecture", "calls.0.seconds"), so that nothing typed is ever lost.

export type Schema = {
  type?: string | string[];
  const?: unknown;
  enum?: string[];
  format?: string;
  pattern?: string;
  minimum?: number;
  maximum?: number;
  maxLength?: number;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  additionalProperties?: boolean | Schema;
};

export type Kind =
  | "text"
  | "long"
  | "number"
  | "yes"
  | "choice"
  | "day"
  | "month"
  | "instant"
  | "group"
  | "rows"
  | "days"
  | "numbers"
  | "prices";

export type FieldSpec = {
  path: string;
  name: string;
  kind: Kind;
  needed: boolean;
  choices?: string[];
  least?: number;
  most?: number;
  longest?: number;
  fields?: FieldSpec[];
};

export type Values = Record<string, string>;

const LONG = 120; // from this many characters on a text gets several lines

/** The fields of an object's schema, what is needed first; constants ask for nothing. */
export function fieldsOf(schema: Schema, under = ""): FieldSpec[] {
  const fields = Object.entries(schema.properties ?? {})
    .filter(([, one]) => one.const === undefined)
    .map(([name, one]) => field(name, one, schema.required?.includes(name) ?? false, under));
  return fields.toSorted((one, other) => Number(other.needed) - Number(one.needed));
}

function field(name: string, schema: Schema, needed: boolean, under: string): FieldSpec {
  const path = under ? `${under}.${name}` : name;
  const kind = kindOf(schema);
  const fields = kind === "group" ? fieldsOf(schema, path) : kind === "rows" ? fieldsOf(schema.items ?? {}) : undefined;
  return {
    path,
    name,
    kind,
    needed,
    ...(schema.enum && { choices: schema.enum }),
    ...(schema.minimum !== undefined && { least: schema.minimum }),
    ...(schema.maximum !== undefined && { most: schema.maximum }),
    ...(schema.maxLength !== undefined && { longest: schema.maxLength }),
    ...(fields && { fields }),
  };
}

function kindOf(schema: Schema): Kind {
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  if (schema.enum) return "choice";
  if (type === "boolean") return "yes";
  if (type === "integer" || type === "number") return "number";
  if (type === "array") return schema.items?.properties ? "rows" : schema.items?.type === "integer" ? "numbers" : "days";
  if (type === "object") return schema.properties ? "group" : "prices";
  if (schema.format === "date") return "day";
  if (schema.format === "date-time") return "instant";
  if (schema.pattern?.startsWith("^\\d{4}-")) return "month";
  return (schema.maxLength ?? 0) > LONG ? "long" : "text";
}

/** The body: what was left empty is left out, also a group in which everything is. */
export function bodyOf(fields: FieldSpec[], values: Values): Record<string, unknown> {
  const body: Record<string, unknown> = {};
  for (const one of fields) {
    const value = filledIn(one, values);
    if (value !== undefined) body[one.name] = value;
  }
  return body;
}

function filledIn(field: FieldSpec, values: Values): unknown {
  const text = (values[field.path] ?? "").trim();
  switch (field.kind) {
    case "group":
      return filled(bodyOf(field.fields ?? [], values));
    case "rows": {
      const rows = rowsOf(field, values).map((row) => bodyOf(within(field, row), values));
      const some = rows.filter((row) => Object.keys(row).length > 0);
      return some.length || field.needed ? some : undefined;
    }
    case "prices":
      return filled(pricesOf(field, values)) ?? (field.needed ? {} : undefined);
    case "days":
      return text || field.needed ? parted(text) : undefined;
    case "numbers":
      return text || field.needed ? parted(text).map(Number) : undefined;
  }
  if (!text) return undefined;
  if (field.kind === "number") return Number(text);
  if (field.kind === "yes") return text === "true";
  if (field.kind === "instant") return `${text}:00+09:00`; // what people type is Japan's time
  return text;
}

const parted = (text: string) => text.split(/[\s,、]+/).filter(Boolean);

const filled = <T extends object>(body: T) => (Object.keys(body).length ? body : undefined);

/** The places of a list that something was typed into: 0, 1, … */
export function rowsOf(field: FieldSpec, values: Values): number[] {
  const places = Object.keys(values)
    .filter((path) => path.startsWith(`${field.path}.`))
    .map((path) => Number(path.slice(field.path.length + 1).split(".")[0]));
  return [...new Set(places)].sort((one, other) => one - other);
}

/** The fields of one row, at their own paths. */
export function within(field: FieldSpec, row: number): FieldSpec[] {
  return (field.fields ?? []).map((one) => ({ ...one, path: `${field.path}.${row}.${one.name}` }));
}

/** `monthly_fee → 1,000`, and `monthly_fee/annual → 900` for a price of a plan. */
function pricesOf(field: FieldSpec, values: Values): Record<string, number | Record<string, number>> {
  const prices: Record<string, number | Record<string, number>> = {};
  for (const row of rowsOf(field, values)) {
    const [key = "", part = ""] = (values[`${field.path}.${row}.key`] ?? "").trim().split("/");
    const yen = (values[`${field.path}.${row}.yen`] ?? "").trim();
    if (!key || !yen) continue;
    const known = prices[key];
    prices[key] = part ? { ...(typeof known === "object" ? known : {}), [part]: Number(yen) } : Number(yen);
  }
  return prices;
}

/** Where the API's complaint belongs: `calls/0/seconds`, `calls[0].seconds` and `calls.0.seconds` are the same place. */
export const placeOf = (field: string) =>
  field
    .replace(/\[(\d+)\]/g, ".$1")
    .replace(/\//g, ".")
    .replace(/^\./, "");
