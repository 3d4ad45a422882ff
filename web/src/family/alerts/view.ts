// What is shown of an alert, worked out apart from how it is drawn.
import { moment } from "~/base/format";
import type { Both } from "~/base/words";
import type { Tone } from "~/parts/basics";
import type { Alert, Listed, Told } from "./read";

export type Level = "critical" | "warning" | "info";
const LEVELS: Level[] = ["critical", "warning", "info"];
export const TONES: Record<Level, Tone> = { critical: "alarm", warning: "care", info: "info" };
/** What "until the morning" means; when that is next, the server reckons by its own clock. */
export const MORNING = "07:00";

export const levelOf = (alert: { level: string }): Level => LEVELS.find((level) => level === alert.level) ?? "info";

/** The gravest first, of those the newest; what is in somebody's hands, or waits, after what is not. */
export function byWeight(alerts: Listed[], now: Date): Listed[] {
  const settled = (one: Listed) => Number(!!one.acknowledged_at || isSnoozed(one, now));
  return alerts.toSorted(
    (one, other) =>
      settled(one) - settled(other) ||
      LEVELS.indexOf(levelOf(one)) - LEVELS.indexOf(levelOf(other)) ||
      other.opened_at.localeCompare(one.opened_at),
  );
}

export function isSnoozed(alert: Listed, now: Date): boolean {
  return !!alert.snoozed_until && moment(alert.snoozed_until) > now;
}

/** Whether this person was asked whether all is well, and nobody has answered yet. */
export function isAsked(alert: Pick<Alert, "told" | "acknowledged_at" | "closed_at">, me: string | undefined): boolean {
  if (!me || alert.acknowledged_at || alert.closed_at) return false;
  return alert.told.some((one) => one.kind === "asked" && one.person === me);
}

export type Moment =
  | { kind: "opened"; at: string }
  | { kind: "told"; at: string; told: Told }
  | { kind: "followed"; at: string; line: Both }
  | { kind: "snoozed"; at: string };

/** The whole story in the order of time. `followed` has at most an acknowledgement and an end, in that order. */
export function story(alert: Alert): Moment[] {
  const lines = [...(alert.followed ?? [])];
  const moments: Moment[] = [{ kind: "opened", at: alert.opened_at }];
  for (const told of alert.told) moments.push({ kind: "told", at: told.at, told });
  if (alert.acknowledged_by && lines.length)
    moments.push({ kind: "followed", at: alert.acknowledged_at ?? alert.opened_at, line: lines.shift() as Both });
  if (alert.snoozed_until && !alert.closed_at && !alert.acknowledged_at)
    moments.push({ kind: "snoozed", at: alert.snoozed_until });
  if (alert.closed_at && lines.length) moments.push({ kind: "followed", at: alert.closed_at, line: lines.shift() as Both });
  return moments.toSorted((one, other) => Date.parse(one.at) - Date.parse(other.at));
}

export type Outcome = "reached" | "waits" | "not";

const tries = (told: Told) => told.reached ?? [];

/** How far one message came: a channel that took it is enough; while none has, it waits or has failed. */
export function outcomeOf(told: Told): Outcome {
  if (tries(told).some((one) => one.outcome === "sent")) return "reached";
  return tries(told).length && tries(told).every((one) => one.outcome !== "failed") ? "not" : "waits";
}

/** The channels that took a message. */
export const takenBy = (told: Told): string[] => [
  ...new Set(
    tries(told)
      .filter((one) => one.outcome === "sent")
      .map((one) => one.channel),
  ),
];
