// A step that the API offers (`GET …/choices`): its form's values, the request they make, and what a quote says. Pure.

type Value = { price?: unknown; value: string; most: number; refused: unknown };
type Priced = { value: string; price?: unknown };
type Ask = { name: string; kind: string; required: boolean; choices?: Value[]; parts?: Part[] };
type Part = { name: string; schema?: { pattern?: string } | object };
type Step = { command: string; args: object; fields: Ask[] };
export type Values = Record<string, string | boolean>;

/** Tells steps apart: one command may serve several purposes. */
export const stepKey = (step: Pick<Step, "command" | "args">): string =>
  [step.command, ...Object.values(step.args).map(String)].join(".");

/** What a form begins with: the only possible value is chosen already. */
export function begin(fields: Ask[]): Values {
  const values: Values = {};
  for (const ask of fields) {
    for (const part of ask.parts ?? []) values[part.name] = "";
    const open = (ask.choices ?? []).filter((one) => !one.refused);
    values[ask.name] = ask.kind === "yes_no" ? false : ask.required && open.length === 1 ? (open[0]?.value ?? "") : "";
  }
  return values;
}

/** How many can be asked for at once: as the chosen value says. */
export function most(fields: Ask[], values: Values): number {
  const chosen = fields.flatMap((ask) => (ask.choices ?? []).filter((one) => one.value === values[ask.name]));
  return chosen.length ? Math.min(...chosen.map((one) => one.most)) : 1;
}

/** Whether the field is worth asking: how many of something that there is one of is not. */
export const isAsked = (ask: Ask, fields: Ask[], values: Values): boolean => ask.kind !== "number" || most(fields, values) > 1;

/** From when the step counts: with the value that is chosen, where each has its own day. */
export function effect<E>(
  step: { effect?: E; fields: { name: string; choices?: { value: string; effect?: E }[] }[] },
  values: Values,
) {
  const each = step.fields.flatMap((ask) =>
    (ask.choices ?? []).map((one) => ({ ...one, chosen: values[ask.name] === one.value })),
  );
  return each.some((one) => one.effect) ? each.find((one) => one.chosen)?.effect : step.effect;
}

export type Wrong = "needed" | "number" | "shape";

/** What is missing or wrong, by field. */
export function wrong(fields: Ask[], values: Values): Record<string, Wrong> {
  const found: Record<string, Wrong> = {};
  for (const ask of fields) {
    const value = values[ask.name];
    if (ask.kind === "number" && isAsked(ask, fields, values)) {
      if (value === "" && ask.required) found[ask.name] = "needed";
      const count = Number(value);
      if (value !== "" && !(Number.isInteger(count) && count >= 1 && count <= most(fields, values))) found[ask.name] = "number";
    } else if (ask.kind === "address") {
      for (const part of ask.parts ?? []) {
        if (ask.required && !values[part.name]) found[part.name] = "needed";
        if (values[part.name] && !fits(part, values[part.name])) found[part.name] = "shape";
      }
    } else if (ask.required && value === "") found[ask.name] = "needed";
  }
  return found;
}

/** Whether it is written as the API reads it. */
function fits({ schema }: Part, value: Values[string] | undefined): boolean {
  const pattern = (schema as { pattern?: string } | undefined)?.pattern;
  return !pattern || typeof value !== "string" || new RegExp(pattern).test(value.trim());
}

/** The body of the request. Fields of an address are named `site.address`. */
export function bodyOf(step: Pick<Step, "args" | "fields">, values: Values): Record<string, unknown> {
  const body: Record<string, unknown> = { ...step.args };
  for (const ask of step.fields) {
    const value = values[ask.name];
    if (ask.kind === "address") body[ask.name] = part(ask.name, values);
    else if (ask.kind === "number") {
      if (value && isAsked(ask, step.fields, values)) body[ask.name] = Number(value);
    } else if (value) body[ask.name] = value;
  }
  return body;
}

function part(name: string, values: Values): Record<string, string | boolean> {
  const inside = Object.entries(values).filter(([key, value]) => key.startsWith(`${name}.`) && value !== "" && value !== false);
  return Object.fromEntries(inside.map(([key, value]) => [key.slice(name.length + 1), value]));
}

type Bill = { key: string; total: number };
type Quoted = { ends_on?: string | null; invoices?: Bill[]; refunds?: { amount: number }[]; still_open?: number };
export type Outcome = { ends: string | undefined; toPay: number; bills: number; back: number; open: number };

/** What comes of it in figures: the last day, what is still to be billed, what goes back, what is unpaid already. */
export function outcome(quote: Quoted): Outcome {
  const bills = (quote.invoices ?? []).filter((bill) => bill.total > 0);
  return {
    ends: quote.ends_on ?? undefined,
    toPay: bills.reduce((sum, bill) => sum + bill.total, 0),
    bills: bills.length,
    back: (quote.refunds ?? []).reduce((sum, refund) => sum + refund.amount, 0),
    open: quote.still_open ?? 0,
  };
}

/** The first bill that the step makes, or makes another; undefined when all stay as they were foreseen. */
export const firstChange = <B extends Bill>(bills: B[], before: Map<string, number>): B | undefined =>
  bills.find((bill) => bill.total > 0 && before.get(bill.key) !== bill.total);

type Coming = { kind: string; happened: boolean; figures: object };

/** What bills would be without the step, by their key: as the calendar foresees them. */
export function foreseen(items: Coming[]): Map<string, number> {
  const found = new Map<string, number>();
  for (const { kind, happened, figures } of items) {
    const { invoice, total } = figures as { invoice?: string; total?: number };
    if (kind === "invoice_issued" && !happened && invoice && total !== undefined) found.set(invoice, total);
  }
  return found;
}

/** What was chosen that has a price of its own, which may begin to cost later only. */
export function priced<V extends Priced>(fields: { name: string; choices?: V[] }[], values: Values): V[] {
  return fields.flatMap((ask) => (ask.choices ?? []).filter((one) => one.price && one.value === values[ask.name]));
}
