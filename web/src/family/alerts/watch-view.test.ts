import { describe, expect, it } from "vitest";
import { changed, figures, type Held, lines, type Offer, restsUntil, toFigure, wrongs } from "./watch-view";

const HOT: Offer = {
  watch: "too-hot",
  label: { ja: "室温が高い", en: "Too hot" },
  settings: { kind: "threshold", metric: "temperature", above: 31, clear: 30, for_minutes: 15, level: "warning" },
  limits: { above: { least: 25, most: 40 }, for_minutes: { least: 0, most: 240 } },
  set: true,
  sentence: { ja: "31°Cを超えたら", en: "above 31°C" },
};
const SET: Held = {
  ...HOT.settings,
  watch: "too-hot",
  kind: "threshold",
  level: "critical",
  above: 28,
  clear: 27,
  sentence: { ja: "28°Cを超えたら", en: "above 28°C" },
};

describe("a pause", () => {
  const until = "2026-11-29T00:00:00Z";
  it("rests what is set, and what is urgent only where it was said so", () => {
    expect(restsUntil({ level: "warning" }, { until })).toBe(until);
    expect(restsUntil({ level: "critical" }, { until, include_critical: false })).toBeUndefined();
    expect(restsUntil({ level: "critical" }, { until, include_critical: true })).toBe(until);
  });
  it("is nothing to what is off, and nobody paused", () => {
    expect(restsUntil(undefined, { until })).toBeUndefined();
    expect(restsUntil({ level: "warning" }, null)).toBeUndefined();
  });
});

describe("the lines of a device", () => {
  it("what is set speaks of its own figures; what somebody set besides comes after what is offered", () => {
    const own: Held = { watch: "night", kind: "event", level: "info" };
    expect(lines([HOT], [own, SET]).map((one) => [one.name, one.sentence?.en, !!one.offer, !!one.set])).toEqual([
      ["too-hot", "above 28°C", true, true],
      ["night", undefined, false, true],
    ]);
    expect(lines([HOT], [])[0]).toMatchObject({ sentence: { en: "above 31°C" } });
  });
});

describe("turning a watch", () => {
  it("begins with what holds, in the metric's unit or in time", () => {
    expect(figures(HOT, SET, "°C")).toEqual([
      { name: "above", value: 28, least: 25, most: 40, unit: "°C" },
      { name: "for_minutes", value: 15, least: 0, most: 240, unit: "", time: "minutes" },
    ]);
    expect(figures(HOT, undefined, "°C")[0]?.value).toBe(31);
  });
  it("sends the whole watch and nothing that is no setting of it", () => {
    expect(changed(HOT, { ...SET, set_at: "2026-11-22T10:00:00Z" }, "info", { above: "２９，５" })).toEqual({
      kind: "threshold",
      metric: "temperature",
      above: 29.5,
      clear: 27,
      for_minutes: 15,
      level: "info",
    });
  });
  it("keeps the hours in which somebody wants it watched", () => {
    expect(changed(HOT, { ...SET, between: ["07:00", "21:00"] }, "info", {})).toMatchObject({ between: ["07:00", "21:00"] });
  });
  it("keeps within what the API offers; what stands outside already may stay", () => {
    const say = { nan: "?", range: ({ least, most }: { least: number; most: number }) => `${least}–${most}` };
    const of = figures(HOT, { ...SET, above: 45 }, "°C");
    expect(wrongs(of, { above: "500", for_minutes: "x" }, say)).toEqual({ above: "25–40", for_minutes: "?" });
    expect(wrongs(of, { above: "45", for_minutes: "0" }, say)).toEqual({});
  });
  it("tells a figure from none", () => {
    expect([toFigure("-5"), toFigure("1,5"), toFigure(""), toFigure("x")]).toEqual([-5, 1.5, Number.NaN, Number.NaN]);
  });
});
