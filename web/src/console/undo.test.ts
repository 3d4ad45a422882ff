import { expect, it } from "vitest";
import { backwards } from "./undo";

it("takes back what was done and can be, together where the way is the same", () => {
  const restore = { command: "restore", body: {} };
  expect(
    backwards([
      { contract: "a", outcome: "done", undo: restore },
      { contract: "b", outcome: "refused", undo: restore },
      { contract: "c", outcome: "done", undo: null },
      { contract: "d", outcome: "done", undo: restore },
      { contract: "e", outcome: "done", undo: { command: "restore", body: { reason: "mistake" } } },
    ]),
  ).toEqual([
    { command: "restore", contracts: ["a", "d"], body: {} },
    { command: "restore", contracts: ["e"], body: { reason: "mistake" } },
  ]);
});
