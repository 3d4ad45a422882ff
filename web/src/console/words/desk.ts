// Words that the API's files say too (`chalicelib/texts/desk.json`): read from there, and written nowhere else.
import { type Both, language } from "~/base/words";
import desk from "../../../../chalicelib/texts/desk.json";

type Table = Record<string, Both>;

/** One part of it in the language that is spoken: `{active: "利用中"}`. */
const spokenIn =
  <T extends Table>(table: T) =>
  () =>
    Object.fromEntries(Object.entries(table).map(([key, both]) => [key, both[language.value]])) as Record<keyof T, string>;

export const states = spokenIn(desk.state);
export const rungs = spokenIn(desk.rung);
export const fleetStates = spokenIn(desk.device);
export const levels = spokenIn(desk.level);
export const commands = spokenIn(desk.command);

/** The commands that have words; the compiler holds them against the API's. */
export type Worded = keyof typeof desk.command;
