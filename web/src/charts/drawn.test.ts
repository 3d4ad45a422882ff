import { describe, expect, it } from "vitest";
import { labelPlaces } from "./drawn";

describe("labels of limits", () => {
  it("stand above their lines, as long as none covers another", () => {
    expect(labelPlaces([100, 40])).toEqual([96, 36]);
  });
  it("of near lines stand below, so that each can be read", () => {
    const [one = 0, other = 0, third = 0] = labelPlaces([100, 103, 99]);
    for (const gap of [one - other, other - third, one - third]) expect(Math.abs(gap)).toBeGreaterThanOrEqual(15);
  });
});
