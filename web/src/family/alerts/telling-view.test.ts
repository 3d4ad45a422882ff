import { describe, expect, it } from "vitest";
import { printOf } from "./push";
import type { Person } from "./read";
import { chosen, isReady, nextStep, ordered, steps } from "./telling-view";

const person = (name: string, more: Partial<Person> = {}): Person => ({
  person: name,
  role: "family",
  channels: ["mail"],
  ...more,
});

describe("the ways to a person", () => {
  it("stand in the person's order, the others after them", () => {
    expect(ordered(person("a", { channels: ["sms", "mail"] }))).toEqual(["sms", "mail", "push", "line"]);
  });
  it("are ready when there is somewhere to go", () => {
    const one = person("a", { has_email: true, browsers: 0, has_line: false, has_phone: true });
    expect([isReady(one, "mail"), isReady(one, "push"), isReady(one, "line"), isReady(one, "sms")]).toEqual([
      true,
      false,
      false,
      true,
    ]);
  });
  it("come last when chosen, and one always stays", () => {
    expect(chosen(["mail"], "push", true)).toEqual(["mail", "push"]);
    expect(chosen(["mail", "push"], "mail", false)).toEqual(["push"]);
    expect(chosen(["push"], "push", false)).toEqual(["push"]);
  });
});

describe("the steps", () => {
  it("are sent in the order of time, a question only where one is asked", () => {
    const drafts = [
      { after_minutes: 30, to: ["b"], ask: false },
      { after_minutes: 0, to: ["a"], ask: true },
    ];
    expect(steps(drafts)).toEqual([
      { after_minutes: 0, to: ["a"], ask: true },
      { after_minutes: 30, to: ["b"] },
    ]);
  });
  it("a new one is later than the last, for who is in none yet", () => {
    const people = [person("a"), person("b")];
    expect(nextStep([], people)).toEqual({ after_minutes: 0, to: ["a"] });
    expect(nextStep([{ after_minutes: 10, to: ["a"] }], people)).toEqual({ after_minutes: 25, to: ["b"] });
  });
});

it("a browser is known by the first 24 digits of SHA-256 of its endpoint, as the API knows it", async () => {
  // printf abc | sha256sum
  expect(await printOf("abc")).toBe("ba7816bf8f01cfea414140de");
});
