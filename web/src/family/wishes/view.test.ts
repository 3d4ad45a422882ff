import { afterEach, describe, expect, it } from "vitest";
import { language } from "~/base/words";
import { type Setting, shown, standing, type Wish, wished } from "./view";

const RESERVE: Setting = { setting: "reserve", label: { ja: "残しておく量", en: "Reserve" }, type: "number", unit: "%" };
const MODE: Setting = {
  setting: "mode",
  label: { ja: "モード", en: "Mode" },
  type: "text",
  choices: ["green"],
  values: { green: { ja: "ためる", en: "Store" } },
};
const RUNNING: Setting = { setting: "running", label: { ja: "運転", en: "Running" }, type: "boolean" };
const wish = (more: Partial<Wish>): Wish => ({
  wish: "1",
  state: "done",
  settings: { reserve: 40 },
  before: {},
  by: "contractor",
  asked_at: "2026-11-22T10:00:00Z",
  expires_at: "2026-11-22T11:00:00Z",
  settled_at: "2026-11-22T10:05:00Z",
  ...more,
});
const report = (value: unknown, at: string, stale = false) => ({ metric: "reserve", value, measured_at: at, stale });

afterEach(() => {
  language.value = "ja";
});

describe("what stands", () => {
  it("is what the device reports, whatever was wished for", () => {
    const waiting = wish({ state: "sent", settled_at: null });
    const reported = [report(30, "2026-11-22T10:01:00Z")];
    expect(standing("reserve", reported, [waiting])).toEqual({ value: 30, at: "2026-11-22T10:01:00Z", how: "reported" });
    expect(standing("reserve", [report(30, "2026-11-22T10:01:00Z", true)], [])?.how).toBe("old");
  });
  it("is what it took on after its last report", () => {
    const reported = [report(30, "2026-11-22T10:01:00Z")];
    expect(standing("reserve", reported, [wish({})])).toEqual({ value: 40, at: "2026-11-22T10:05:00Z", how: "done" });
    expect(standing("reserve", [report(41, "2026-11-22T10:06:00Z")], [wish({})])?.value).toBe(41);
  });
  it("is nothing that was refused, taken back or never answered", () => {
    for (const state of ["pending", "sent", "refused", "timed_out", "withdrawn"] as const)
      expect(standing("reserve", [], [wish({ state })])).toBeUndefined();
  });
});

describe("what is wished for", () => {
  it("is only what was touched, each of its kind", () => {
    expect(wished([RESERVE, MODE, RUNNING], { reserve: "４０", mode: "green", running: "off" })).toEqual({
      reserve: 40,
      mode: "green",
      running: false,
    });
    expect(wished([RESERVE, MODE, RUNNING], { mode: "" })).toEqual({});
    expect(wished([RESERVE], { reserve: "much" }).reserve).toBeNaN();
  });
});

it("values are said in words with their units", () => {
  expect([shown(RESERVE, 40), shown(MODE, "green"), shown(RUNNING, true), shown(RUNNING, null)]).toEqual([
    "40%",
    "ためる",
    "入",
    "不明",
  ]);
  language.value = "en";
  expect([shown(MODE, "green"), shown(RUNNING, false)]).toEqual(["Store", "Off"]);
});
