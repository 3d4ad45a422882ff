import { expect, it } from "vitest";
import { MOST, pick, picked } from "./picked";

it("keeps each contract once, and no more than the API takes", () => {
  const one = (id: string) => ({ id, name: "", service: "s" });
  pick([one("a"), one("b"), one("a")]);
  expect(picked.value.map(({ id }) => id)).toEqual(["a", "b"]);
  pick(Array.from({ length: MOST + 5 }, (_, place) => one(String(place))));
  expect(picked.value).toHaveLength(50);
});
