import { expect, it } from "vitest";
import { grouped, inOrder, type Task } from "./tasks";

const task = (contract: string, kind: string, since: string, due: string | null = null): Task => ({
  contract,
  kind,
  since,
  due,
  service: "one",
  rule: "ONE-1",
  commands: [],
});

it("groups by kind: what is late first, then what waits longest", () => {
  const found = grouped(
    [
      task("a", "visit", "2026-11-01"),
      task("b", "return", "2026-11-10", "2026-11-20"),
      task("c", "visit", "2026-10-01"),
      task("d", "return", "2026-11-12", "2026-11-22"),
    ],
    "2026-11-22",
  );
  expect(found.map(({ kind, count, oldest, late }) => [kind, count, oldest, late])).toEqual([
    ["return", 2, "2026-11-10", 1], // due today is not late
    ["visit", 2, "2026-10-01", 0],
  ]);
});

it("orders by waiting, then by what falls due; no due day comes last", () => {
  const found = inOrder([
    task("late", "k", "2026-11-02"),
    task("none", "k", "2026-11-01"),
    task("due", "k", "2026-11-01", "2026-12-01"),
  ]);
  expect(found.map((one) => one.contract)).toEqual(["due", "none", "late"]);
});
