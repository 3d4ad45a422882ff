import { describe, expect, it } from "vitest";
import { type Home, nameAmong } from "./homes";

const home = (id: string, more: object = {}) => ({ id, service: "s", version: 1, state: "active", ...more }) as Home;
const title = () => "見守り";
const names = (...all: Home[]) => all.map((one) => nameAmong(one, all, title));

describe("what homes are called", () => {
  it("as the family calls them, else by the service", () => {
    expect(names(home("a", { label: "母の家" }), home("b"))).toEqual(["母の家", "見守り"]);
  });
  it("two that would be called alike, by since when they are", () => {
    expect(names(home("a", { formed_on: "2026-03-02" }), home("b", { formed_on: "2026-09-03" }))).toEqual([
      "見守り(2026年3月から)",
      "見守り(2026年9月から)",
    ]);
    expect(names(home("a", { formed_on: "2026-03-02" }), home("b", { formed_on: "2026-03-20" }))[1]).toBe(
      "見守り(2026年3月20日(金)から)",
    );
  });
  it("two of the same day are counted", () => {
    const day = { formed_on: "2026-03-02" };
    expect(names(home("a", day), home("b", { applied_at: "2026-03-02T01:00:00Z" }), home("c", day))).toEqual([
      "見守り(1)",
      "見守り(2)",
      "見守り(3)",
    ]);
  });
});
