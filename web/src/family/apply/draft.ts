// What was chosen and typed so far, kept in memory only (it holds names and addresses), also while somebody signs in on the way.
import { signal } from "@preact/signals";
import type { Consent, Field, Plan } from "./form";

export type Draft = {
  plan: string | undefined; // "": equipment alone; undefined: nothing chosen yet
  options: Record<string, number>;
  devices: Record<string, number>;
  documents: string[];
  payment_method: string;
  parent: string;
  another_pays: boolean;
  fields: Record<string, string | boolean>;
  consents: string[];
};

const drafts = new Map<string, ReturnType<typeof signal<Draft>>>();

export const empty = (plan?: string): Draft => ({
  plan,
  options: {},
  devices: {},
  documents: [],
  payment_method: "",
  parent: "",
  another_pays: false,
  fields: {},
  consents: [],
});

/** The draft of one service's application; it lives as long as the page. */
export function draftOf(service: string) {
  const known = drafts.get(service) ?? signal(empty());
  drafts.set(service, known);
  return known;
}

export const forgetDraft = (service: string) => drafts.delete(service);

const PAYER = /^(applicant\.payer|payer_contact\.)/;

/** The fields of a step that are asked now: what only one answer is allowed for is no question. */
export function asked(plan: Plan, draft: Draft, groups: string[]): Field[] {
  return plan.fields.filter((field) => {
    if (!groups.some((group) => field.name.startsWith(group))) return false;
    if (PAYER.test(field.name)) return draft.another_pays;
    if (field.allowed?.length === 1 && field.asked === "optional") return false;
    return field.name !== "contact.language";
  });
}

export const hasPayer = (plan: Plan) => plan.fields.some((field) => field.name === "applicant.payer");

/** Whether a birthday lies too late for the terms: then a consent may help (`unless`). */
export function isMinor(plan: Plan, draft: Draft): boolean {
  const birth = plan.fields.find((field) => field.name === "applicant.birth_date");
  const told = draft.fields["applicant.birth_date"];
  return !!birth?.latest && typeof told === "string" && told > birth.latest;
}

/** The consents that this application needs. */
export function needed(plan: Plan, draft: Draft): Consent[] {
  const options = Object.keys(draft.options);
  return plan.consents.filter((consent) => {
    if (consent.when === "with_any_option") return options.length > 0;
    if (consent.when === "with_option") return options.includes(consent.option);
    if (consent.when === "minor") return isMinor(plan, draft);
    if (consent.when === "another_pays") return draft.another_pays;
    return true;
  });
}

type Told = Plan["texts"][number];

const LEAVING = "leaving"; // stands with the way out, not among the rest

export const leavingTexts = (plan: Plan): Told[] => plan.texts.filter((text) => text.subject.subject === LEAVING);

/** What else is to be read, in the order of its subjects. */
export function bySubject(all: Told[]): { subject: Told["subject"]; texts: Told[] }[] {
  const texts = all.filter((text) => text.subject.subject !== LEAVING);
  const names = [...new Set(texts.map((text) => text.subject.subject))];
  return names.map((name) => {
    const of = texts.filter((text) => text.subject.subject === name);
    return { subject: (of[0] as Told).subject, texts: of };
  });
}

/** The documents that go with it. */
export function documentsOf(plan: Plan, draft: Draft): string[] {
  const ordered = Object.keys(draft.devices).length > 0;
  return plan.documents
    .filter((one) => one.required || (one.when === "with_devices" ? ordered : !!plan.plan))
    .map((one) => one.document);
}

type Body = { service: string; payment_method: string } & Record<string, unknown>;

/** The application as the API takes it. Left-out fields are left out; parts stand in their places (`site.prefecture`). */
export function bodyOf(service: string, plan: Plan, draft: Draft, language: string): Body {
  const body: Body = { service, payment_method: draft.payment_method, ...(plan.plan && { plan: plan.plan }) };
  const list = (chosen: Record<string, number>, key: string) =>
    Object.entries(chosen).map(([name, quantity]) => ({ [key]: name, ...(quantity > 1 && { quantity }) }));
  if (Object.keys(draft.options).length) body.options = list(draft.options, "option");
  if (Object.keys(draft.devices).length) body.devices = list(draft.devices, "sku");
  const documents = documentsOf(plan, draft);
  if (documents.length) body.documents = documents;
  if (draft.parent) body.parent = draft.parent;
  const fields: Record<string, string | boolean> = {
    ...draft.fields,
    ...(plan.fields.some((field) => field.name === "contact.language") && { "contact.language": language }),
  };
  for (const field of plan.fields)
    if ((field.schema as { type?: string }).type === "boolean" && field.asked !== "optional") fields[field.name] ??= false;
  const kept = (name: string) => plan.fields.find((field) => field.name === name)?.asked !== "optional";
  for (const [name, value] of Object.entries<string | boolean>(fields)) {
    if (value === "" || (value === false && !kept(name)) || (PAYER.test(name) && !draft.another_pays)) continue;
    const [part = "", rest] = name.split(".");
    if (rest) body[part] = { ...(body[part] as object | undefined), [rest]: typeof value === "string" ? value.trim() : value };
    else body[part] = value;
  }
  body.consents = needed(plan, draft)
    .map((consent) => consent.consent)
    .filter((consent) => draft.consents.includes(consent));
  return body;
}
