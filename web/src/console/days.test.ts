import { expect, it } from "vitest";
import { dayIn, daysBetween, waited } from "./days";

it("counts days over months and a leap day, both ways", () => {
  expect(daysBetween("2028-02-28", "2028-03-01")).toBe(2);
  expect(daysBetween("2026-11-22", "2026-10-31")).toBe(-22);
});

it("what began today has waited no day", () => {
  expect(waited("2026-11-22", "2026-11-22")).toBe("今日");
  expect(waited("2026-10-31", "2026-11-22")).toBe("22日");
});

it("another year is said, this one is not; the day is Japan's", () => {
  expect(dayIn("2026-11-22", "2026-12-01")).toBe("11月22日(日)");
  expect(dayIn("2026-12-31T15:00:00Z", "2026-12-31")).toBe("2027年1月1日(金)");
});
