import { afterEach, describe, expect, it } from "vitest";
import { ago, day, dayAfter, duration, figure, isoDay, listed, month, time, when, yen } from "./format";
import { language } from "./words";

afterEach(() => {
  language.value = "ja";
});

describe("days and times are Japan's", () => {
  it("a day stays the day that the API named", () => {
    expect(day("2026-11-22")).toBe("2026年11月22日(日)");
    expect(month("2026-02")).toBe("2026年2月");
    language.value = "en";
    expect(day("2026-11-22")).toBe("Sun, 22 November 2026");
  });
  it("an instant of the evening before in London is the next morning in Japan", () => {
    expect(isoDay("2026-11-21T22:12:00Z")).toBe("2026-11-22");
    expect(time("2026-11-21T22:12:00Z")).toBe("7:12");
  });
  it("counts days over the end of a month and a leap day", () => {
    expect(dayAfter("2028-02-28", 1)).toBe("2028-02-29");
    expect(dayAfter("2026-01-01", -1)).toBe("2025-12-31");
  });
  it("says when as short as it can be without misleading", () => {
    const now = new Date("2026-11-22T00:30:00+09:00");
    expect(when("2026-11-22T00:12:00+09:00", now)).toBe("0:12");
    expect(when("2026-11-21T23:50:00+09:00", now)).toBe("昨日 23:50");
    expect(when("2026-11-19T07:12:00+09:00", now)).toContain("11月19日");
  });
});

describe("figures", () => {
  it("money is whole yen", () => {
    expect(yen(96529)).toBe("96,529円");
    expect(yen(-500)).toBe("-500円");
    language.value = "en";
    expect(yen(96529)).toBe("¥96,529");
  });
  it("ages are rounded down: never younger than they are said to be", () => {
    expect(ago(59)).toBe("今");
    expect(ago(7199)).toBe("1 時間前");
  });
  it("durations leave out what is nothing", () => {
    expect(duration(425)).toBe("7時間5分");
    expect(duration(60)).toBe("1時間");
    expect(duration(0)).toBe("0分");
  });
  it("units stand as they are written in their language", () => {
    expect(figure(21.26, "℃")).toBe("21.3℃");
    expect(figure(0.5, "kWh")).toBe("0.5\u00a0kWh");
    expect(figure(58, "bpm")).toBe("58回/分");
    language.value = "en";
    expect(figure(14, "/min")).toBe("14\u00a0per min");
  });
  it("names are joined as their language joins them", () => {
    expect(listed(["A", "B", "C"])).toBe("A、B、C");
    language.value = "en";
    expect(listed(["A", "B", "C"])).toBe("A, B and C");
  });
});
