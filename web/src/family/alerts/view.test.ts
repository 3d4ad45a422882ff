import { describe, expect, it } from "vitest";
import type { Alert, Listed, Told } from "./read";
import { toldLine } from "./told";
import { byWeight, isAsked, outcomeOf, story, takenBy } from "./view";

const NOW = new Date("2026-11-22T19:40:00+09:00");
const alert = (id: string, more: Partial<Listed> = {}): Listed => ({
  alert: id,
  contract: "c",
  device: "d",
  watch: "w",
  level: "warning",
  opened_at: "2026-11-22T10:00:00Z",
  sentence: { ja: "", en: "" },
  followed: [],
  ...more,
});
const told = (more: Partial<Told> = {}): Told => ({
  contract: "c",
  watch: "w",
  person: "hanako",
  kind: "opened",
  at: "2026-11-22T10:00:00Z",
  channels: ["mail", "push"],
  reached: [],
  ...more,
});
const tried = (channel: string, outcome: string) => ({ channel, outcome, at: "2026-11-22T10:00:01Z" });

describe("which alert comes first", () => {
  it("the gravest, of those the newest; what somebody has in hand or what waits comes after", () => {
    const order = byWeight(
      [
        alert("info", { level: "info" }),
        alert("taken", { level: "critical", acknowledged_at: "2026-11-22T10:05:00Z" }),
        alert("old"),
        alert("new", { opened_at: "2026-11-22T10:10:00Z" }),
        alert("waits", { level: "critical", snoozed_until: "2026-11-22T11:00:00Z" }),
        alert("waited", { level: "critical", snoozed_until: "2026-11-22T10:39:00Z" }),
      ],
      NOW,
    );
    expect(order.map((one) => one.alert)).toEqual(["waited", "new", "old", "info", "taken", "waits"]);
  });
});

describe("how far a message came", () => {
  it("one channel that took it is enough", () => {
    const one = told({ reached: [tried("push", "no_address"), tried("mail", "sent")] });
    expect([outcomeOf(one), takenBy(one)]).toEqual(["reached", ["mail"]]);
  });
  it("is under way before the first try and while something is tried again, and lost when nothing can take it", () => {
    expect(outcomeOf(told())).toBe("waits");
    expect(outcomeOf(told({ reached: [tried("mail", "failed"), tried("push", "gone")] }))).toBe("waits");
    expect(outcomeOf(told({ reached: [tried("push", "no_address"), tried("sms", "refused")] }))).toBe("not");
  });
});

describe("what is said of who was told", () => {
  it("names the time at which gathered news goes out, and does not say that it is under way", () => {
    const line = toldLine(told({ waits_until: "2026-11-29T22:00:00Z" }), undefined);
    expect(line).toContain("11月30日(月) 7:00に送ります");
    expect(toldLine(told(), undefined)).toContain("送っています");
  });
});

describe("who was asked", () => {
  const asked = told({ kind: "asked" });
  it("may answer until somebody has", () => {
    expect(isAsked({ told: [asked] }, "hanako")).toBe(true);
    expect(isAsked({ told: [asked] }, "taro")).toBe(false);
    expect(isAsked({ told: [told()] }, "hanako")).toBe(false);
    expect(isAsked({ told: [asked], acknowledged_at: "2026-11-22T10:05:00Z" }, "hanako")).toBe(false);
    expect(isAsked({ told: [asked], closed_at: "2026-11-22T10:05:00Z" }, "hanako")).toBe(false);
  });
});

describe("the story", () => {
  const taken = { ja: "引き受けました", en: "took it" };
  const over = { ja: "おさまりました", en: "over" };
  it("goes from the beginning to the end, with who was told and who took it in between", () => {
    const whole: Alert = {
      ...alert("a", {
        acknowledged_by: "taro",
        acknowledged_at: "2026-11-22T10:20:00Z",
        closed_at: "2026-11-22T11:00:00Z",
        snoozed_until: "2026-11-22T12:00:00Z",
        followed: [taken, over],
      }),
      told: [told({ kind: "closed", at: "2026-11-22T11:00:00Z" }), told()],
    };
    expect(story(whole).map((one) => [one.kind, one.at.slice(11, 16)])).toEqual([
      ["opened", "10:00"],
      ["told", "10:00"],
      ["followed", "10:20"],
      ["told", "11:00"],
      ["followed", "11:00"],
    ]);
  });
  it("a wait for others is told only while nobody has it in hand", () => {
    const waits = { ...alert("a", { snoozed_until: "2026-11-22T12:00:00Z" }), told: [] };
    expect(story(waits).map((one) => one.kind)).toEqual(["opened", "snoozed"]);
    const hers = { acknowledged_by: "taro", acknowledged_at: "2026-11-22T10:20:00Z", followed: [taken] };
    expect(story({ ...waits, ...hers }).map((one) => one.kind)).toEqual(["opened", "followed"]);
  });
  it("an end without anybody's hand is no acknowledgement", () => {
    const ended: Alert = { ...alert("a", { closed_at: "2026-11-22T11:00:00Z", followed: [over] }), told: [] };
    expect(story(ended).at(-1)).toEqual({ kind: "followed", at: "2026-11-22T11:00:00Z", line: over });
  });
});
