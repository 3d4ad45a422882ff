import { expect, it } from "vitest";
import { type Command, commandName } from "./commands";
import type { Worded } from "./desk";

it("names every command of the API: the compiler fails here while one has no words", () => {
  const worded = (command: Command): Worded => command;
  expect(commandName(worded("demand"))).not.toBe("demand");
});
