// What of a watch can be turned, and what is sent when somebody did.
import type { Both } from "~/base/words";

export type Value = number | string | boolean | string[] | null | undefined;
export type Settings = Record<string, unknown>;
export type Offer = {
  watch: string;
  label: Both;
  settings: Settings;
  limits: Record<string, { least: number; most: number }>;
  set: boolean;
  sentence?: Both;
};
export type Held = { watch: string; kind: string; level: string; sentence?: Both } & Settings;
/** A watch as one line of the screen: what is offered, as it is set where it is. */
export type Line = { name: string; label?: Both | undefined; sentence?: Both | undefined; offer?: Offer; set?: Held };

type Pause = { until: string; include_critical?: boolean | undefined };

/** Until when nobody is told of a watch that is set; undefined where it is told as ever, as what is urgent may be in a pause. */
export const restsUntil = (set: { level: string } | undefined, pause: Pause | null | undefined): string | undefined =>
  set && pause && (pause.include_critical || set.level !== "critical") ? pause.until : undefined;

const OF_THE_METRIC = new Set(["above", "below", "clear", "active_above", "rises", "falls"]);
const UNITS: Record<string, "minutes" | "hours"> = {
  for_minutes: "minutes",
  after_minutes: "minutes",
  minutes: "minutes",
  for_hours: "hours",
};

/** What the model offers in its order, each as it is set; then what somebody set besides. */
export function lines(offers: Offer[], set: Held[]): Line[] {
  const known = new Map(set.map((one) => [one.watch, one]));
  const offered: Line[] = offers.map((offer) => {
    const mine = known.get(offer.watch);
    known.delete(offer.watch);
    return {
      name: offer.watch,
      label: offer.label,
      sentence: mine?.sentence ?? offer.sentence,
      offer,
      ...(mine && { set: mine }),
    };
  });
  return [...offered, ...[...known.values()].map((one) => ({ name: one.watch, sentence: one.sentence, set: one }))];
}

export type Figure = { name: string; value: number; least: number; most: number; unit: string; time?: "minutes" | "hours" };

/** The figures that may be turned, with the value that holds now. */
export function figures(offer: Offer, set: Held | undefined, unit: string): Figure[] {
  return Object.entries(offer.limits).map(([name, { least, most }]) => {
    const time = UNITS[name];
    return {
      name,
      value: Number((set ?? offer.settings)[name] ?? offer.settings[name]),
      least,
      most,
      unit: OF_THE_METRIC.has(name) ? unit : "",
      ...(time && { time }),
    };
  });
}

/** The whole watch as it is to be from now on: as it stands, with what was turned. */
export function changed(offer: Offer, set: Held | undefined, level: string, turned: Record<string, string>): Settings {
  const names = new Set([...Object.keys(offer.settings), "between"]);
  const stands = Object.fromEntries(
    [...names].map((name) => [name, set?.[name] ?? offer.settings[name]]).filter(([, value]) => value !== undefined),
  );
  return { ...stands, ...Object.fromEntries(Object.entries(turned).map(([name, text]) => [name, toFigure(text)])), level };
}

/** What is wrong with the figures as typed, by name: no number, or newly outside what may be chosen. Pure. */
export function wrongs(of: Figure[], typed: Record<string, string>, say: { nan: string; range: (one: Figure) => string }) {
  const found = of.flatMap((one) => {
    const value = toFigure(typed[one.name] ?? "");
    if (Number.isNaN(value)) return [[one.name, say.nan]];
    const outside = value < one.least || value > one.most;
    return outside && value !== one.value ? [[one.name, say.range(one)]] : [];
  });
  return Object.fromEntries(found) as Record<string, string>;
}

/** What was typed as a number, also with a comma or in full width; NaN where it is none. */
export function toFigure(text: string): number {
  const plain = text.normalize("NFKC").trim().replace(",", ".");
  return plain === "" ? Number.NaN : Number(plain);
}
