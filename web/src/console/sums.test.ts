import { expect, it } from "vitest";
import { added } from "./sums";

it("adds up the pages of a dry run, and leaves the pages as they were", () => {
  const first = { contracts: 50, difference: -1200, notices: { tax_change: 50 } };
  expect(added([first, { contracts: 7, difference: 300, notices: {} }])).toEqual({
    contracts: 57,
    difference: -900,
    notices: { tax_change: 50 },
  });
  expect(first.contracts).toBe(50);
  expect(added([])).toBeUndefined();
});
