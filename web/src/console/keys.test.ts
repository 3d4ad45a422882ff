import { expect, it } from "vitest";
import { follow, nameOf } from "./keys";

const press = (key: string, more: Partial<KeyboardEvent> = {}) =>
  nameOf({ key, ctrlKey: false, metaKey: false, altKey: false, ...more });

it("a key has one name, also with Ctrl or the command key, and capitals are the same key", () => {
  expect(press("K", { ctrlKey: true })).toBe("Ctrl+k");
  expect(press("k", { metaKey: true })).toBe("Ctrl+k");
  expect(press("?")).toBe("?");
  expect(press("ArrowDown")).toBe("ArrowDown");
  expect(press("j", { altKey: true })).toBe("");
});

it("g waits for its letter; another key is that key alone", () => {
  const done: string[] = [];
  const keys = { "g t": () => done.push("tasks"), j: () => done.push("down") };
  const first = follow(keys, "g", "");
  expect(first).toEqual({ begun: "g" });
  follow(keys, "t", first.begun).act?.();
  follow(keys, "j", "g").act?.();
  expect(done).toEqual(["tasks", "down"]);
  expect(follow(keys, "x", "g")).toEqual({ begun: "" });
});
