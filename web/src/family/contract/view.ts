// What the contract's screens reckon before they draw. Pure, so that it can be tried without a screen.
import type { Tone } from "~/parts/basics";

type On = { on: string; happened: boolean };

/** What comes, the nearest first; of one day in the order of the API. */
export const ahead = <T extends On>(items: T[]): T[] =>
  items.filter((item) => !item.happened).toSorted((one, other) => one.on.localeCompare(other.on));

/** What was, the latest first. */
export const behind = <T extends On>(items: T[]): T[] =>
  items
    .filter((item) => item.happened)
    .toReversed()
    .toSorted((one, other) => other.on.localeCompare(one.on));

const TONES: Record<string, Tone> = {
  applied: "info",
  accepted: "info",
  active: "good",
  suspended: "alarm",
  paused: "care",
  cancelling: "care",
};

/** The colour of a contract's state; none for what is over. */
export const toneOf = (state: string): Tone | undefined => TONES[state];
