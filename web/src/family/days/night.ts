// A night as a picture, a sentence and its facts; of a month, each night's length. Pure.

import { dayAfter, duration, figure, shortDay, time } from "~/base/format";
import type { Plot } from "~/charts/plot";
import type { History, Night } from "./asked";
import { clock, daysOf, monthTicks, placesOf, startOf } from "./when";
import { w } from "./words";

const HOUR = 3600;
const AWAY = "away"; // what a bed says of nobody in it (iot/models/bed-mat.toml)

/** Hour by hour from noon to noon: how many minutes in which state. `names`: the states of the bed in words, as its model says. */
export function nightStrip(
  history: History,
  names: Record<string, string>,
  day: string,
  until = Number.POSITIVE_INFINITY,
): Plot {
  const noon = startOf(day) - 12 * HOUR;
  const xs = Array.from({ length: 24 }, (_, hour) => noon + (hour + 0.5) * HOUR);
  const quarters = history.items.flatMap((item) =>
    Object.values(item.metrics)
      .filter((summary) => summary.kind === "state")
      .flatMap((summary) => summary.quarters ?? []),
  );
  const minutes = (state: string) => {
    const hours: (number | null)[] = xs.map(() => null);
    for (const quarter of quarters) {
      const hour = Math.floor((Date.parse(quarter.from) / 1000 - noon) / HOUR);
      if (hour < 0 || hour >= 24) continue;
      const known = quarter.minutes as Record<string, number>;
      hours[hour] = (hours[hour] ?? 0) + (known[state] ?? 0);
    }
    return hours;
  };
  const series = Object.keys(names)
    .filter((state) => state !== AWAY)
    .map((state, place) => ({ label: names[state] ?? state, values: minutes(state), colour: [3, 2, 4][place] ?? 5 }));
  const text = (value?: number | null) => (value === null || value === undefined ? w().unknown : duration(value));
  const hourName = (place: number) => clock(noon + place * HOUR);
  return {
    id: "night",
    title: w().nightTitle,
    unit: w().minutesOfHour,
    kind: "bars",
    xs,
    span: [noon, noon + 24 * HOUR],
    ticks: [0, 6, 12, 18, 24].map((hour) => [noon + hour * HOUR, clock(noon + hour * HOUR)]),
    series,
    limits: [],
    summary: w().nightOf(shortDay(dayAfter(day, -1)), shortDay(day)),
    columns: [w().time, ...series.map((one) => one.label)],
    rows: xs
      .filter((at) => at - HOUR / 2 < until)
      .map((_, place) => ({ name: hourName(place), cells: series.map((one) => text(one.values[place])) })),
    read: (place) =>
      `${hourName(place)}  ${series
        .filter((one) => one.values[place])
        .map((one) => `${one.label} ${text(one.values[place])}`)
        .join("  ")}`,
  };
}

/** `today`: a night that is not over yet is told as far as it has come. */
export function nightSummary(night: Night, today = ""): string {
  const length = duration(night.asleep_minutes);
  if (night.day === today && !night.awake_at && !night.up_at) return w().sleptSoFar(length);
  if (!night.asleep_at || !night.awake_at) return w().sleptOnly(length);
  return w().slept(length, time(night.asleep_at), time(night.awake_at));
}

export function nightFacts(night: Night): [string, string][] {
  const clockOf = (value?: string | null) => (value ? time(value) : "");
  return [
    [w().toBed, clockOf(night.to_bed_at)],
    [w().asleepAt, clockOf(night.asleep_at)],
    [w().awakeAt, clockOf(night.awake_at)],
    [w().upAt, clockOf(night.up_at)],
    [w().asleepFor, duration(night.asleep_minutes)],
    [w().awakeFor, duration(night.awake_minutes)],
    [w().timesUp, w().times(night.times_up)],
    [w().napFor, night.nap_minutes ? duration(night.nap_minutes) : ""],
    [w().calm, typeof night.calm_percent === "number" ? figure(night.calm_percent, "%", 0) : ""],
  ];
}

/** Each night's sleep, on the day on which it ended. */
export function nightsPlot(nights: Night[], month: string): Plot {
  const days = daysOf(month);
  const of = new Map(nights.map((night) => [night.day, night]));
  const minutes = days.map((day) => of.get(day)?.asleep_minutes ?? null);
  const known = minutes.filter((value) => value !== null);
  const mean = known.reduce((sum, value) => sum + value, 0) / (known.length || 1);
  const places = placesOf(month);
  const text = (place: number) => {
    const value = minutes[place];
    return value === null || value === undefined ? w().unknown : duration(value);
  };
  const clockOf = (value?: string | null) => (value ? time(value) : w().unknown);
  return {
    id: "nights",
    title: w().asleepFor,
    unit: w().hours,
    kind: "bars",
    xs: places,
    span: [(places[0] ?? 0) - 12 * HOUR, (places.at(-1) ?? 0) + 12 * HOUR],
    ticks: monthTicks(month),
    series: [{ label: w().asleepFor, values: minutes.map((value) => (value === null ? null : value / 60)), colour: 3 }],
    limits: [],
    summary: known.length ? w().sleptMean(duration(Math.round(mean))) : w().nothing,
    columns: [w().day, w().asleepFor, w().toBed, w().upAt],
    rows: days.map((day, place) => ({
      name: shortDay(day),
      cells: [text(place), clockOf(of.get(day)?.to_bed_at), clockOf(of.get(day)?.up_at)],
    })),
    read: (place) => `${shortDay(days[place] ?? "")}  ${text(place)}`,
  };
}
