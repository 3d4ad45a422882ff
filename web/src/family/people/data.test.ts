import { expect, it } from "vitest";
import { type Consent, isNear, latest, type Role, type Roles } from "./data";

const roles = {
  items: [],
  mine: "contractor",
  relations: [
    { relation: "niece", label: { ja: "姪", en: "niece" }, degree: 3 },
    { relation: "cousin", label: { ja: "いとこ", en: "cousin" }, degree: 4 },
    { relation: "friend", label: { ja: "友人", en: "friend" }, degree: null },
  ],
} as unknown as Roles;
const family = { role: "family", relation_degree_max: 3, by_marriage: true } as unknown as Role;

it("relatives up to the terms' degree are near, friends are not", () => {
  expect(isNear(roles, family, "niece", false)).toBe(true);
  expect(isNear(roles, family, "niece", true)).toBe(true);
  expect(isNear(roles, family, "cousin", false)).toBe(false);
  expect(isNear(roles, family, "friend", false)).toBe(false);
});

it("without a limit everybody may be asked", () => {
  expect(isNear(roles, { role: "care_manager" } as unknown as Role, "", false)).toBe(true);
});

it("a consent that was taken back and given again stands once, as it was said last", () => {
  const say = (kind: "given" | "withdrawn", at: string) =>
    ({ kind, consent: "privacy", edition: "1", by: "contractor", at, in_force: kind === "given" }) as Consent;
  const told = latest([
    say("given", "2026-01-01T00:00:00Z"),
    say("withdrawn", "2026-02-01T00:00:00Z"),
    say("given", "2026-03-01T00:00:00Z"),
  ]);
  expect(told.map((one) => one.at)).toEqual(["2026-03-01T00:00:00Z"]);
});
