// What is missing on a step, beside its field. What the terms do not allow is the API's to say; this only spares a way there and back.
import { asked, type Draft, needed } from "./draft";
import type { Field, Plan } from "./form";
import { w } from "./words";

export type Wrongs = Partial<Record<string, string>>;

export function complaints(step: { name: string; groups: string[] }, plan: Plan, draft: Draft): Wrongs {
  const wrongs: Wrongs = {};
  for (const field of asked(plan, draft, step.groups.length ? step.groups : ["-"])) {
    const wrong = complaint(field, draft.fields[field.name]);
    if (wrong) wrongs[field.name] = wrong;
  }
  if (step.name === "choose") {
    if (Object.keys(draft.devices).length < plan.devices_least) wrongs.devices = w().least(plan.devices_least);
  }
  if (step.name === "cost")
    for (const consent of needed(plan, draft))
      if (!draft.consents.includes(consent.consent)) wrongs[`consent ${consent.consent}`] = w().neededConsent;
  return wrongs;
}

function complaint(field: Field, told: string | boolean | undefined): string {
  const { type, pattern, format } = field.schema as { type?: string; pattern?: string; format?: string };
  if (type === "boolean") return ""; // not ticked is an answer
  if (typeof told !== "string" || !told.trim())
    return field.asked === "optional" ? "" : field.choices ? w().neededChoice : w().needed;
  if (pattern && !new RegExp(pattern).test(told.trim())) return w().shape(EXAMPLES[field.name.split(".").at(-1) ?? ""] ?? "");
  if (format === "email" && !/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(told.trim())) return w().shape(EXAMPLES.email ?? "");
  return "";
}

const EXAMPLES: Record<string, string> = { postal_code: "100-0001", phone: "03-1234-5678", email: "hanako@example.com" };
