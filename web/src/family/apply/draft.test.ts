import { describe, expect, it } from "vitest";
import { asked, bodyOf, bySubject, documentsOf, empty, leavingTexts, needed } from "./draft";
import type { Plan } from "./form";

const field = (name: string, more: object = {}) => ({ name, asked: "wanted", schema: { type: "string" }, texts: [], ...more });
const consent = (name: string, when: string, option = "") => ({ consent: name, when, option });
const plan = {
  plan: "standard",
  fields: [
    field("applicant.name"),
    field("applicant.birth_date", { latest: "2008-11-22", unless: "guardian" }),
    field("applicant.payer", { asked: "optional" }),
    field("payer_contact.email", { asked: "optional" }),
    field("site.country", { asked: "optional", allowed: ["JP"] }),
    field("site.island", { asked: "optional", schema: { type: "boolean" } }),
    field("contact.language", { asked: "optional" }),
  ],
  consents: [
    consent("terms", "always"),
    consent("wifi", "with_option", "wifi"),
    consent("any", "with_any_option"),
    consent("guardian", "minor"),
    consent("payer", "another_pays"),
  ],
  documents: [
    { document: "order", required: false, when: "with_devices" },
    { document: "application", required: false, when: "with_plan" },
  ],
} as unknown as Plan;
const draft = { ...empty("standard"), payment_method: "card" };
const names = (consents: { consent: string }[]) => consents.map((one) => one.consent);

describe("what is asked", () => {
  it("no question where only one answer is allowed, none about a payer who is not there", () => {
    expect(asked(plan, draft, ["applicant.", "site.", "payer_contact."]).map((one) => one.name)).toEqual([
      "applicant.name",
      "applicant.birth_date",
      "site.island",
    ]);
    expect(asked(plan, { ...draft, another_pays: true }, ["payer_contact."]).map((one) => one.name)).toEqual([
      "payer_contact.email",
    ]);
  });
  it("consents follow options, age and payer", () => {
    expect(names(needed(plan, draft))).toEqual(["terms"]);
    expect(names(needed(plan, { ...draft, options: { wifi: 1 } }))).toEqual(["terms", "wifi", "any"]);
    expect(names(needed(plan, { ...draft, options: { other: 1 } }))).toEqual(["terms", "any"]);
    expect(names(needed(plan, { ...draft, fields: { "applicant.birth_date": "2008-11-23" } }))).toEqual(["terms", "guardian"]);
    expect(names(needed(plan, { ...draft, fields: { "applicant.birth_date": "2008-11-22" } }))).toEqual(["terms"]);
    expect(names(needed(plan, { ...draft, another_pays: true }))).toEqual(["terms", "payer"]);
  });
  it("documents follow what is ordered", () => {
    expect(documentsOf(plan, draft)).toEqual(["application"]);
    expect(documentsOf(plan, { ...draft, devices: { sensor: 2 } })).toEqual(["order", "application"]);
  });
});

describe("the application", () => {
  it("holds what was told in its places, and nothing that was not", () => {
    const told = {
      ...draft,
      devices: { sensor: 2, lamp: 1 },
      fields: {
        "applicant.name": " 山田花子 ",
        "site.island": false,
        "applicant.payer": "left over",
        "applicant.birth_date": "",
      },
      consents: ["terms", "wifi"],
    };
    expect(bodyOf("sotto", plan, told, "en")).toEqual({
      service: "sotto",
      plan: "standard",
      payment_method: "card",
      devices: [{ sku: "sensor", quantity: 2 }, { sku: "lamp" }],
      documents: ["order", "application"],
      applicant: { name: "山田花子" },
      contact: { language: "en" },
      consents: ["terms"],
    });
  });
  it("always says what was agreed to, be it nothing: left out it would mean all", () => {
    expect(bodyOf("sotto", plan, draft, "ja").consents).toEqual([]);
  });
});

describe("what there is to read", () => {
  const text = (id: string, subject: string) => ({
    id,
    ja: id,
    en: id,
    subject: { subject, label: { ja: subject, en: subject } },
  });
  const told = [text("A-CHG-1", "money"), text("A-COO-1", "leaving"), text("A-DAT-1", "data"), text("A-INV-1", "money")];
  it("stands by subject, and the way out stands by itself", () => {
    expect(bySubject(told).map((one) => [one.subject.subject, one.texts.map(({ id }) => id)])).toEqual([
      ["money", ["A-CHG-1", "A-INV-1"]],
      ["data", ["A-DAT-1"]],
    ]);
    expect(leavingTexts({ texts: told } as Plan).map(({ id }) => id)).toEqual(["A-COO-1"]);
  });
});
