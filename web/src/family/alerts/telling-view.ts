// Whom to tell in which order, apart from how it is drawn.
import type { Person } from "./read";
import { CHANNELS, type Channel } from "./telling-words";

export type Step = { after_minutes: number; to: string[]; ask?: boolean };

/** Whether a channel has somewhere to go. */
export function isReady(person: Person, channel: Channel): boolean {
  return { mail: !!person.has_email, push: !!person.browsers, line: !!person.has_line, sms: !!person.has_phone }[channel];
}

/** The channels of a person in their order, those that they do not have after them. */
export function ordered(person: Person): Channel[] {
  const own = CHANNELS.filter((one) => person.channels.includes(one)).toSorted(
    (one, other) => person.channels.indexOf(one) - person.channels.indexOf(other),
  );
  return [...own, ...CHANNELS.filter((one) => !own.includes(one))];
}

/** With a channel chosen or not; at least one stays. */
export function chosen(channels: string[], channel: Channel, on: boolean): Channel[] {
  const left = channels.filter((one) => one !== channel) as Channel[];
  if (on) return [...left, channel];
  return left.length ? left : (channels as Channel[]);
}

/** What is sent: the steps in the order of time, each whole. */
export function steps(drafts: Step[]): Step[] {
  return drafts
    .map(({ after_minutes, to, ask }) => ({ after_minutes, to, ...(ask && { ask }) }))
    .toSorted((one, other) => one.after_minutes - other.after_minutes);
}

/** A step to begin with: the first for those who are there already, each next one after the last. */
export function nextStep(drafts: Step[], people: Person[]): Step {
  const last = drafts.at(-1);
  const told = new Set(drafts.flatMap((one) => one.to));
  const next = people.find((one) => !told.has(one.person)) ?? people[0];
  return { after_minutes: last ? last.after_minutes + 15 : 0, to: next ? [next.person] : [] };
}
