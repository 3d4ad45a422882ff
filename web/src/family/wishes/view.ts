// What stands, what was wished for, and what of a form is a wish.
import { figure } from "~/base/format";
import { type Both, said } from "~/base/words";
import type { Tone } from "~/parts/basics";
import { w } from "./words";

export type Value = string | number | boolean | null | undefined;
export type Setting = {
  setting: string;
  label: Both;
  unit?: string;
  type: "number" | "boolean" | "text";
  range?: [number, number];
  choices?: string[];
  values?: Record<string, Both>;
  whole?: boolean;
  upkeep?: boolean;
};
export type State = "pending" | "sent" | "done" | "refused" | "timed_out" | "withdrawn";
export type Wish = {
  wish: string;
  state: State;
  settings: Record<string, Value>;
  before: Record<string, Value>;
  by: string;
  asked_at: string;
  expires_at: string;
  sent_at?: string | null;
  settled_at?: string | null;
  reason?: string;
  late?: { outcome: string; at: string };
};
export type Reported = { metric: string; value: unknown; measured_at: string; stale?: boolean };

export const TONES: Record<State, Tone | undefined> = {
  pending: "info",
  sent: "info",
  done: "good",
  refused: "alarm",
  timed_out: "care",
  withdrawn: undefined,
};

export const isOpen = (one: { state: State }): boolean => one.state === "pending" || one.state === "sent";

/** A value in words with its unit. */
export function shown(about: Setting | undefined, value: Value): string {
  if (value === null || value === undefined) return w().unknown;
  if (typeof value === "boolean") return value ? w().on : w().off;
  if (typeof value === "number") return figure(value, about?.unit);
  return said(about?.values?.[value]) || value;
}

export type Standing = { value: Value; at: string; how: "reported" | "old" | "done" } | undefined;

/** What stands there as far as anybody knows: what the device reports, else what it said that it took on. Never a wish that waits. */
export function standing(setting: string, reported: Reported[], wishes: Wish[]): Standing {
  const said = reported.find((one) => one.metric === setting);
  const done = wishes.find((one) => one.state === "done" && setting in one.settings);
  const doneAt = done?.settled_at ?? "";
  if (said && !(done && Date.parse(doneAt) > Date.parse(said.measured_at)))
    return { value: said.value as Value, at: said.measured_at, how: said.stale ? "old" : "reported" };
  return done ? { value: done.settings[setting], at: doneAt, how: "done" } : undefined;
}

/** What was typed as the API takes it: only what was touched. NaN where a figure is none. */
export function wished(settings: Setting[], touched: Record<string, string>): Record<string, string | number | boolean> {
  const chosen = settings.filter((one) => (touched[one.setting] ?? "") !== "");
  return Object.fromEntries(
    chosen.map(({ setting, type }) => {
      const text = touched[setting] ?? "";
      if (type === "number") return [setting, Number(text.normalize("NFKC").trim().replace(",", "."))];
      return [setting, type === "boolean" ? text === "on" : text];
    }),
  );
}
