// How a home is, in one sentence, and its figures: pure, so that every sentence can be tried.
import { ago, day, dayAfter, duration, figure, isoDay, shortDay, time, when, yen } from "~/base/format";
import type { Home } from "~/base/homes";
import { type DeviceNow, type Now, type Subject, subjectOf, type ValueNow } from "~/base/now";
import { said } from "~/base/words";
import type { Tone } from "~/parts/basics";
import { w } from "./words";

export type Night = { up_at?: string | null; asleep_minutes?: number };
export type Glance = { text: string; more?: string; tone?: Tone; next?: boolean; devices?: boolean };
const LATELY_S = 15 * 60; // so long after a movement somebody counts as active
const AWAY = "away"; // what a bed says of nobody in it (iot/models/bed-mat.toml)

/** A home in one sentence. `at`: now. */
export function glance(home: Home, now: Now, at: Date, night?: Night): Glance {
  if (home.state === "ended") return { text: w().over };
  if (home.state === "refused") return { text: w().refused };
  if (home.state === "suspended" || home.state === "paused") return { text: w().suspended, tone: "care", next: true };
  const heard = now.devices.filter((device) => device.last_heard_at);
  if (!heard.length) return before(home, now, at);
  return quiet(heard, at) ?? person(now, at, night) ?? { text: w().heard(when(newest(heard), at)) };
}

/** What is to pay for a home, in one sentence: for who pays its bills and sees nothing else of it. */
export function due(home: Pick<Home, "unpaid" | "overdue" | "due_on">): Glance {
  if (home.overdue) return { text: w().late(yen(home.overdue)), tone: "care" };
  if (home.unpaid && home.due_on) return { text: w().toPay(yen(home.unpaid)), more: w().dueOn(day(home.due_on)) };
  return { text: w().nothingToPay };
}

/** Before anything is heard: what happens next. */
function before(home: Home, now: Now, at: Date): Glance {
  const today = isoDay(at);
  const ahead = (day?: string | null) => (day && day >= today ? shortDay(day) : "");
  if (home.state === "applied") return { text: w().applied, more: w().appliedMore };
  if (now.devices.length) return { text: w().waiting, more: w().waitingMore };
  if (ahead(home.visit_on)) return { text: w().visit(ahead(home.visit_on)), next: true };
  if (ahead(home.ships_on)) return { text: w().ships(ahead(home.ships_on)), next: true };
  if (ahead(home.service_starts_on)) return { text: w().starts(ahead(home.service_starts_on)), next: true };
  if (home.state === "accepted") return { text: w().preparing, more: w().preparingMore, next: true };
  if (!now.watches) return { text: w().running, next: true };
  return { text: w().noDevices, more: w().noDevicesMore, devices: true };
}

const LEAVING = ["cancel_until"]; // what the contract's own screen tells: nobody who has just come asks how to go

/** What comes for a home that has not begun. */
export const comes = <M extends { on: string; kind: string; happened: boolean }>(moments: M[], today: string): M[] =>
  moments.filter((one) => !one.happened && one.on >= today && !LEAVING.includes(one.kind));

export type Pause = { until: string; names: string[]; whole: boolean };

/** Devices of which nobody is told for a while, by when that ends; `whole`: all of the home's. */
export function pauses(devices: Pick<DeviceNow, "label" | "name" | "maintenance">[]): Pause[] {
  const until = [...new Set(devices.flatMap((one) => one.maintenance?.until ?? []))].toSorted();
  return until.map((end) => {
    const held = devices.filter((one) => one.maintenance?.until === end);
    return { until: end, names: held.map((one) => one.label || said(one.name)), whole: held.length === devices.length };
  });
}

const newest = (devices: DeviceNow[]) =>
  devices.reduce((last, device) => (device.last_heard_at && device.last_heard_at > last ? device.last_heard_at : last), "");

/** Nothing came in for so long that what is shown is no present any more. */
function quiet(heard: DeviceNow[], at: Date): Glance | undefined {
  const values = heard.flatMap((device) => device.values).filter((value) => value.stale !== undefined);
  const old = heard.every((device) => device.silent) || (values.length > 0 && values.every((value) => value.stale));
  return old ? { text: w().quiet(when(newest(heard), at)), more: w().quietMore, tone: "care" } : undefined;
}

function person(now: Now, at: Date, night?: Night): Glance | undefined {
  const fresh = now.devices.flatMap((device) => device.values).filter((value) => !value.stale);
  const of = (subject: Subject) => fresh.find((value) => subjectOf(value) === subject && typeof value.value === "number");
  const bed = fresh.find((value) => subjectOf(value) === "sleep" && value.kind === "state");
  const active = lastActive(now, at, night);
  if (bed && bed.value !== AWAY) return { text: sentence(said(bed.words)) || w().asleep };
  if (bed) return { text: active && isoDay(active) === isoDay(at) ? w().upSince(time(active)) : w().up };
  if (active) return { ...moved(active, at), ...toldBy(now, active) };
  const [sun, room] = [of("pv"), of("room")];
  if (sun) return Number(sun.value) > 0 ? { text: w().sunny(shown(sun)) } : { text: w().dark };
  return room && { text: w().room(shown(room)) };
}

/** A device's own words as a sentence begins. */
const sentence = (words: string) => words.charAt(0).toUpperCase() + words.slice(1);

/** When somebody was last up and about: by what moved, or by leaving the bed this morning. */
function lastActive(now: Now, at: Date, night?: Night): string {
  const up = night?.up_at && isoDay(night.up_at) === isoDay(at) ? night.up_at : "";
  const moved = now.last_activity?.at ?? "";
  return Date.parse(up) > (Date.parse(moved) || 0) ? up : moved;
}

/** By which device, where another one tells of an earlier activity: else the two would seem to contradict each other. */
function toldBy(now: Now, active: string): { more?: string } {
  const last = now.last_activity;
  const [teller, others] = [(one: DeviceNow) => one.device === last?.device, (one: DeviceNow) => one.device !== last?.device];
  const device = now.devices.find(teller);
  if (!device || last?.at !== active || !now.devices.filter(others).some((one) => one.last_active_at)) return {};
  return { more: w().toldBy(device.label || said(device.name)) };
}

function moved(active: string, at: Date): Glance {
  const passed = (at.getTime() - Date.parse(active)) / 1000;
  if (passed <= LATELY_S) return { text: w().activeNow(time(active)) };
  if (isoDay(active) === isoDay(at)) return { text: w().activeAt(time(active)) };
  return { text: w().lastActive(when(active, at)) };
}

/** A value as it stands on a tile: its words, or the figure with its unit. */
export function shown(value: ValueNow): string {
  if (value.words) return said(value.words);
  if (typeof value.value !== "number") return "";
  return figure(value.value, value.unit, FINE.includes(value.unit) ? 2 : 1);
}

export type Figure = { label: string; text: string; stale: boolean };
export type Tile = {
  id: string;
  name: string;
  subject: Subject;
  figures: Figure[];
  age: string;
  stale: boolean;
  counts: boolean; // whether the day's sum is worth knowing
};
const FIGURES = 2; // of one subject
const COUNTED = ["W", "kW"]; // of a power, the day's sum is worth knowing
const FINE = ["kW"]; // units of which a tenth is much
const WORTH: Record<Subject, string[]> = {
  activity: [],
  sleep: ["state"],
  heart: ["gauge"],
  room: ["gauge"],
  energy: ["gauge"],
  pv: ["gauge"],
  body: ["spot"],
};

/** The figures of a home, device by device; devices that have nothing to show are left out. */
export function tiles(now: Now, at: Date): Tile[] {
  return now.devices.map((device) => tile(device, at)).filter((one) => one !== undefined);
}

function tile(device: DeviceNow, at: Date): Tile | undefined {
  const base = { id: device.device, name: device.label || said(device.name) };
  const active = device.last_active_at;
  if (active && device.values.some((value) => subjectOf(value) === "activity")) {
    const figures = [{ label: w().lastActivity, text: when(active, at), stale: false }];
    return { ...base, subject: "activity", figures, age: age(active, at), stale: device.silent, counts: false };
  }
  const all = device.values.filter(worth).filter(few());
  const fresh = all.filter((value) => !value.stale);
  const own = fresh.length ? fresh : all; // old ones beside new ones would pass for new
  const first = own[0];
  const subject = first && subjectOf(first);
  if (!first || !subject) return undefined;
  const figures = own.map((value) => ({ label: said(value.label), text: shown(value), stale: !!value.stale }));
  const oldest = own.map((value) => value.measured_at).sort()[0] ?? first.measured_at; // no figure is older than the tile says
  const counts = COUNTED.includes(first.unit) && !first.stale;
  return { ...base, subject, figures, age: age(oldest, at), stale: !fresh.length, counts };
}

function worth(value: ValueNow): boolean {
  const subject = subjectOf(value);
  return !!subject && WORTH[subject].includes(value.kind) && shown(value) !== "";
}

/** The first few of each subject, in the order of the device's model. */
function few(): (value: ValueNow) => boolean {
  const counted = new Map<string, number>();
  return (value) => {
    const subject = subjectOf(value) ?? "";
    const most = subject === "energy" || subject === "pv" ? 1 : subject === "body" ? FIGURES + 1 : FIGURES;
    counted.set(subject, (counted.get(subject) ?? 0) + 1);
    return (counted.get(subject) ?? 0) <= most;
  };
}

/** How old something is; from yesterday on, when it was. */
function age(then: string, at: Date): string {
  const seconds = Math.max(0, (at.getTime() - Date.parse(then)) / 1000);
  return isoDay(then) >= dayAfter(isoDay(at), -1) ? ago(seconds) : when(then, at);
}

/** The night's length; of one that is not over, how long it is so far. */
export function slept(night?: Night): string {
  if (!night?.asleep_minutes) return "";
  return (night.up_at ? w().night : w().nightSoFar)(duration(night.asleep_minutes));
}
