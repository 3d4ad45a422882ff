import { expect, it } from "vitest";
import { bodyOf, changeable, type Detail, differing, fixed, merged, parted, told } from "./details-form";

const detail = (name: string, value: unknown, change: string | null = name): Detail => ({
  name,
  label: { ja: name, en: name },
  value,
  change,
  schema: {},
});
const details = [
  detail("contact.email", "a@example.com"),
  detail("contact.phone", null),
  detail("applicant.payer", "花子", "payer"),
  detail("applicant.name", "花子", null),
  detail("site.address", null, null),
  detail("site.island", false, null),
];

it("what can be changed is asked, what cannot only stands there, and what nobody told is not shown", () => {
  expect(changeable(details).map((one) => one.change)).toEqual(["contact.email", "contact.phone", "payer"]);
  expect(fixed(details).map((one) => one.name)).toEqual(["applicant.name"]);
  expect(told(details)).toEqual({ "contact.email": "a@example.com", "contact.phone": "", payer: "花子" });
});

it("asks for the name first, and for who pays last", () => {
  const fields = ["payer", "contact.email", "contact.name_kana", "contact.name"].map((change) => ({ change }));
  const [first, rest] = parted(fields);
  expect(first.map((one) => one.change)).toEqual(["contact.name", "contact.name_kana", "contact.email"]);
  expect(rest.map((one) => one.change)).toEqual(["payer"]);
});

it("a change holds only what was changed, part by part", () => {
  const before = told(details);
  const typed = { "contact.email": "b@example.com", "contact.phone": " 03-0000-0000 ", payer: "" };
  expect(bodyOf(typed, before)).toEqual({ contact: { email: "b@example.com", phone: "03-0000-0000" } });
  expect(bodyOf(before, before)).toEqual({});
});

it("somebody else's change does not overwrite what was typed, and is not overwritten by what was not", () => {
  const base = { email: "a", phone: "1", name: "x" };
  const theirs = { email: "b", phone: "2", name: "x" };
  expect(merged({ email: "a", phone: "3", name: "x" }, base, theirs)).toEqual({ email: "b", phone: "3", name: "x" });
  expect(differing(theirs, base)).toEqual(["email", "phone"]);
});
