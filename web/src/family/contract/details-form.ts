// The holder's details as the API tells them (`details` of a contract), as a form, and as the body of a change. Pure.
import type { Both } from "~/base/words";

export type Detail = { name: string; label: Both; value?: unknown; said?: Both; change: string | null; schema: object | null };
export type Told = Record<string, string>;

/** What of it can be changed, by its place in the request, such as `contact.email`. */
export const changeable = (details: Detail[]): (Detail & { change: string })[] =>
  details.filter((one): one is Detail & { change: string } => one.change !== null && isShort(one));

const FIRST = ["contact.name", "contact.name_kana"];

/** What is asked at once, names first; and the rest, which few people need. */
export function parted<T extends { change: string }>(fields: T[]): [T[], T[]] {
  const rank = ({ change }: T) => (FIRST.includes(change) ? FIRST.indexOf(change) : FIRST.length);
  const contact = fields.filter((one) => one.change.startsWith("contact."));
  return [contact.toSorted((one, other) => rank(one) - rank(other)), fields.filter((one) => !contact.includes(one))];
}

/** What only stands there. */
export const fixed = (details: Detail[]): Detail[] =>
  details.filter((one) => one.change === null && isShort(one) && !!one.value);

// Yes and no are answers of the application, not details to read.
const isShort = ({ value }: Detail): boolean => typeof value !== "boolean";

export const told = (details: Detail[]): Told =>
  Object.fromEntries(
    changeable(details).map(({ change, value }) => [change, value === null || value === undefined ? "" : String(value)]),
  );

/** Places whose values differ. */
export const differing = (one: Told, other: Told): string[] =>
  Object.keys(one).filter((place) => (one[place] ?? "") !== (other[place] ?? ""));

/** The body of PATCH: `{"contact.email": "a"}` becomes `{contact: {email: "a"}}`. What was emptied is left as it is. */
export function bodyOf(values: Told, before: Told): Record<string, unknown> {
  const body: Record<string, unknown> = {};
  for (const place of differing(values, before)) {
    const value = values[place]?.trim();
    const [part = "", name] = place.split(".");
    if (!value) continue;
    if (name) body[part] = { ...(body[part] as object | undefined), [name]: value };
    else body[part] = value;
  }
  return body;
}

/** After somebody else's change: what was left alone here follows theirs, what was typed stays. */
export function merged(typed: Told, base: Told, theirs: Told): Told {
  return Object.fromEntries(
    Object.entries(theirs).map(([place, value]) => [place, typed[place] === base[place] ? value : (typed[place] ?? value)]),
  );
}
