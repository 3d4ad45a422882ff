// How a contract stands in a list: the same cells wherever contracts are listed.
import type { Schemas } from "~/api/client";
import { isoDay, yen } from "~/base/format";
import { Chip, type Tone } from "~/parts/basics";
import { dayIn } from "../days";
import { spoken, w } from "../words";
import { states } from "../words/desk";

export type Listed = Schemas["ListedContract"];

const TONES: Record<string, Tone> = {
  active: "good",
  suspended: "alarm",
  cancelling: "care",
  applied: "info",
  accepted: "info",
};

export function StateChip({ state }: { state: string }) {
  const tone = TONES[state];
  return <Chip {...(tone && { tone })}>{spoken(states(), state)}</Chip>;
}

export const contractHref = (id: string, part = "") => `/console/contracts/${encodeURIComponent(id)}${part && `/${part}`}`;

export const nameOf = (one: Listed) => one.name || w().noName;

/** What is owed; what is late stands first. */
export function Owed({ of }: { of: Listed }) {
  if (!of.owed) return <span class="soft">–</span>;
  return of.overdue ? <Chip tone="alarm">{yen(of.overdue)}</Chip> : <span>{yen(of.owed)}</span>;
}

/** A day, with its year where that is another one than this; a dash where there is none. */
export const dayOr = (value: string | null | undefined) => (value ? dayIn(value, isoDay(new Date())) : "–");

/** A command's form, with what is known already: days and codes, nothing personal. */
export function actHref(contract: string, command: string, body: object = {}): string {
  const filled = Object.fromEntries(Object.entries(body).map(([name, value]) => [`with.${name}`, String(value)]));
  return `${contractHref(contract, "act")}?${new URLSearchParams({ command, ...filled })}`;
}
