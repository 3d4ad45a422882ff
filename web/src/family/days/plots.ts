// From what was recorded to what is drawn, said and tabled: pure. A gap stays a gap, in the picture, the sentence and the table.

import { duration, figure, shortDay, time } from "~/base/format";
import type { Subject } from "~/base/now";
import { said } from "~/base/words";
import type { Limit, Plot, Series } from "~/charts/plot";
import type { About, History, Summary, Watch } from "./asked";
import { clock, daysOf, dayTicks, HOURS, hoursOf, monthTicks, placesOf, quartersOf, startOf } from "./when";
import { w } from "./words";

/** What is looked at: a day, or a month. */
export type Span = { day: string } | { month: string };
type Known = { metric: string; about: About; of: Map<string, Summary> };
const PRIMARY: Partial<Record<Subject, number>> = { room: 2, heart: 2, pv: 2, activity: 1 };
const POWERS = ["W", "kW"];
const PARTS_OF_KWH: Record<string, number> = { Wh: 0.001, kWh: 1 };
const REST = 6; // the colour of what no group names

/** The plots of a device's subject: those to look at first, and the others. `order`: its metrics as its model lists them. */
export function plotsOf(
  subject: Subject,
  history: History,
  watches: Watch[],
  span: Span,
  order: string[],
  until = Number.POSITIVE_INFINITY,
): { first: Plot[]; others: Plot[] } {
  const cut = (plot: Plot): Plot => (plot.kind === "points" ? plot : { ...plot, rows: plot.rows.slice(0, come(span, until)) });
  const { first, others } = all(subject, history, watches, span, order, until);
  return { first: first.map(cut), others: others.map(cut) };
}

/** How many lines of the table tell of what has come: of an hour or a day that is still to come nothing is said. */
function come(span: Span, until: number): number {
  if ("month" in span) return daysOf(span.month).filter((day) => startOf(day) < until).length;
  return Math.max(0, Math.ceil((until - startOf(span.day)) / 3600));
}

function all(subject: Subject, history: History, watches: Watch[], span: Span, order: string[], until: number) {
  const known = knownOf(subject, history, order);
  if (subject === "energy") return { first: energy(known, span), others: gauges(known, watches, span) };
  if (subject === "activity")
    return { first: known.filter(is("presence")).map((one) => activity(one, span, until)), others: [] };
  if (subject === "body") return { first: known.filter(is("spot")).map((one) => spots(one, span)), others: [] };
  const drawn = gauges(known, watches, span).map((plot) => withYield(plot, known, span));
  // The yield of a month is what people ask for; of a day, how it went.
  if (subject === "pv" && "month" in span) return { first: [...made(known, span), ...drawn.filter(isShare)], others: [] };
  const first = subject === "pv" ? drawn.filter((one) => POWERS.includes(one.unit) || isShare(one)) : drawn;
  const primary = first.slice(0, PRIMARY[subject] ?? 2);
  return { first: primary, others: drawn.filter((one) => !primary.includes(one)) };
}

const isShare = (plot: Plot) => plot.unit === "%";
const is = (kind: string) => (one: Known) => [...one.of.values()].some((summary) => summary.kind === kind);
const DATA: Record<Subject, string> = {
  activity: "activity",
  sleep: "sleep",
  heart: "vitals",
  room: "room",
  energy: "energy",
  pv: "pv",
  body: "vitals",
};

function knownOf(subject: Subject, history: History, order: string[]): Known[] {
  const place = (metric: string) => (order.includes(metric) ? order.indexOf(metric) : order.length);
  return Object.entries(history.metrics)
    .filter(([, about]) => about.data === DATA[subject])
    .sort(([one], [other]) => place(one) - place(other))
    .map(([metric, about]) => ({
      metric,
      about,
      of: new Map(history.items.flatMap((item) => (item.metrics[metric] ? [[item.day ?? "", item.metrics[metric]]] : []))),
    }));
}

const gauges = (known: Known[], watches: Watch[], span: Span) =>
  known.filter(is("gauge")).map((one) => gauge(one, limitsOf(one, watches), span));

/** What a watch waits for, as a line. */
export function limitsOf({ metric, about }: Pick<Known, "metric" | "about">, watches: Watch[]): Limit[] {
  return watches
    .filter((watch) => watch.kind === "threshold" && watch.metric === metric)
    .flatMap((watch) => [
      ...(typeof watch.above === "number"
        ? [{ value: watch.above, label: w().limitAbove(figure(watch.above, about.unit)) }]
        : []),
      ...(typeof watch.below === "number"
        ? [{ value: watch.below, label: w().limitBelow(figure(watch.below, about.unit)) }]
        : []),
    ]);
}

const frame = (span: Span): Pick<Plot, "span" | "ticks"> => {
  if ("day" in span) return { span: [startOf(span.day), startOf(span.day) + 86_400], ticks: dayTicks(span.day) };
  const places = placesOf(span.month);
  return { span: [(places[0] ?? 0) - 43_200, (places.at(-1) ?? 0) + 43_200], ticks: monthTicks(span.month) };
};

// gauges: a line, with the least and the most of each place around it

type Cell = { mean: number | null; low: number | null; high: number | null };
const NONE: Cell = { mean: null, low: null, high: null };
const cell = (one?: { mean?: number | null; min?: number | null; max?: number | null }): Cell =>
  one ? { mean: one.mean ?? null, low: one.min ?? null, high: one.max ?? null } : NONE;

function gauge({ metric, about, of }: Known, limits: Limit[], span: Span): Plot {
  const isOneDay = "day" in span;
  const xs = isOneDay ? quartersOf(span.day) : placesOf(span.month);
  const cells = isOneDay
    ? xs.map((at) => cell(of.get(span.day)?.quarters?.find((one) => Date.parse(one.from) / 1000 === at)))
    : daysOf(span.month).map((day) => cell(of.get(day)));
  const text = (value: number | null) => (value === null ? w().unknown : figure(value, about.unit));
  const name = (place: number) => (isOneDay ? clock(xs[place] ?? 0) : shortDay(daysOf(span.month)[place] ?? ""));
  return {
    id: metric,
    title: said(about.label),
    unit: about.unit,
    kind: "line",
    xs,
    ...frame(span),
    series: [
      {
        label: said(about.label),
        values: cells.map((one) => one.mean),
        low: cells.map((one) => one.low),
        high: cells.map((one) => one.high),
        colour: 1,
      },
    ],
    limits,
    summary: rangeOf(cells, text, (place) => (isOneDay ? w().at(name(place)) : name(place)), of),
    columns: [isOneDay ? w().time : w().day, w().mean, w().least, w().most],
    rows: isOneDay ? hourly(cells, text) : cells.map((one, place) => ({ name: name(place), cells: texts(one, text) })),
    read: (place) => {
      const one = cells[place] ?? NONE;
      const around = one.low !== one.high && one.low !== null ? `(${text(one.low)} – ${text(one.high)})` : "";
      return `${name(place)}  ${text(one.mean)} ${around}`.trim();
    },
  };
}

const texts = (one: Cell, text: (value: number | null) => string) => [one.mean, one.low, one.high].map(text);

function hourly(cells: Cell[], text: (value: number | null) => string) {
  return Array.from({ length: HOURS }, (_, hour) => {
    const own = cells.slice(hour * 4, hour * 4 + 4).filter((one) => one.mean !== null);
    const means = own.map((one) => one.mean ?? 0);
    const whole: Cell = own.length
      ? {
          mean: means.reduce((sum, value) => sum + value, 0) / means.length,
          low: Math.min(...own.map((one) => one.low ?? Number.POSITIVE_INFINITY)),
          high: Math.max(...own.map((one) => one.high ?? Number.NEGATIVE_INFINITY)),
        }
      : NONE;
    return { name: `${hour}:00`, cells: texts(whole, text) };
  });
}

function rangeOf(cells: Cell[], text: (value: number) => string, name: (place: number) => string, of: Map<string, Summary>) {
  let [least, most] = [-1, -1];
  cells.forEach((one, place) => {
    if (one.low !== null && (least < 0 || one.low < (cells[least]?.low ?? 0))) least = place;
    if (one.high !== null && (most < 0 || one.high > (cells[most]?.high ?? 0))) most = place;
  });
  if (least < 0 || most < 0) return w().nothing;
  const range = w().range(text(cells[most]?.high ?? 0), name(most), text(cells[least]?.low ?? 0), name(least));
  return [range, gaps(of)].filter(Boolean).join(w().stop);
}

/** How long nothing is known, where that is long enough to be said. */
function gaps(of: Map<string, Summary>): string {
  const missing = of.size === 1 ? ([...of.values()][0]?.missing ?? 0) : 0;
  return missing >= 30 ? w().missing(duration(missing)) : "";
}

// bars: something that adds up, by the hour or the day

type Column = { label: string; values: (number | null)[]; colour: number };

function barsOf(id: string, title: string, unit: string, span: Span, columns: Column[], summary: string, decimals = 2): Plot {
  const isOneDay = "day" in span;
  const xs = isOneDay ? hoursOf(span.day) : placesOf(span.month);
  const name = (place: number) => (isOneDay ? `${place}:00` : shortDay(daysOf(span.month)[place] ?? ""));
  const isTime = unit === w().minutesOfHour || unit === w().minutesOfDay;
  const text = (value: number | null | undefined) =>
    value === null || value === undefined ? w().unknown : isTime ? duration(value) : figure(value, unit, decimals);
  const sum = (place: number) => {
    const own = columns.map((one) => one.values[place]).filter((value) => value !== null && value !== undefined);
    return own.length ? own.reduce((all, value) => all + value, 0) : null;
  };
  const several = columns.length > 1;
  return {
    id,
    title,
    unit,
    kind: "bars",
    xs,
    ...frame(span),
    series: columns satisfies Series[],
    limits: [],
    summary,
    columns: [isOneDay ? w().time : w().day, ...(several ? [w().total] : []), ...columns.map((one) => one.label)],
    rows: xs.map((_, place) => ({
      name: name(place),
      cells: [...(several ? [text(sum(place))] : []), ...columns.map((one) => text(one.values[place]))],
    })),
    read: (place) => `${isOneDay ? w().hour(place) : name(place)}  ${text(sum(place))}`,
  };
}

type Quarter = NonNullable<Summary["quarters"]>[number];

/** Hour by hour, or day by day: null where nothing is known. */
function columnOf(one: Known, span: Span, quarter: (of: Quarter) => number | null, day: (of: Summary) => number | null) {
  if ("month" in span) {
    return daysOf(span.month).map((date) => {
      const summary = one.of.get(date);
      return summary ? day(summary) : null;
    });
  }
  const hours: (number | null)[] = Array.from({ length: HOURS }, () => null);
  for (const part of one.of.get(span.day)?.quarters ?? []) {
    const hour = Math.floor((Date.parse(part.from) / 1000 - startOf(span.day)) / 3600);
    const amount = quarter(part);
    if (amount !== null) hours[hour] = (hours[hour] ?? 0) + amount;
  }
  return hours;
}

const added = (values: (number | null)[]) => values.reduce<number>((sum, value) => sum + (value ?? 0), 0);
const anyKnown = (values: (number | null)[]) => values.some((value) => value !== null);

/** The whole, each group, and what is left. */
function energy(known: Known[], span: Span): Plot[] {
  const of = (one: Known | undefined, amount: (of: { used?: number | null; kwh?: number | null }) => number | null) =>
    one ? columnOf(one, span, amount, amount) : [];
  // A meter that was not heard for a while knows nothing of it (0 of a day that is all gap); a power may know the rest.
  const meter = of(known.find(is("meter")), (one) => one.used || (one.kwh ?? null));
  const power = of(
    known.find((one) => POWERS.includes(one.about.unit)),
    (one) => one.kwh ?? null,
  );
  const total = Array.from({ length: Math.max(meter.length, power.length) }, (_, at) => meter[at] ?? power[at] ?? null);
  if (!total.length) return [];
  const groups: Column[] = known
    .filter((one) => one.about.group && is("amount")(one))
    .map((one, place) => {
      const factor = PARTS_OF_KWH[one.about.unit] ?? 0;
      const values = columnOf(
        one,
        span,
        (part) => (part.sum ?? 0) * factor,
        (day) => (day.sum ?? 0) * factor,
      );
      return { label: said(one.about.label), values, colour: place + 1 };
    });
  const rest = total.map((value, place) =>
    value === null ? null : Math.max(0, value - added(groups.map((group) => group.values[place] ?? null))),
  );
  const columns = groups.length
    ? [...groups, { label: w().rest, values: rest, colour: REST }]
    : [{ label: w().total, values: total, colour: 1 }];
  return [barsOf("energy", w().usedTitle, "kWh", span, columns, usedIn(total, span))];
}

function usedIn(total: (number | null)[], span: Span): string {
  if (!anyKnown(total)) return w().nothing;
  const most = total.reduce<number>((best, value, place) => ((value ?? 0) > (total[best] ?? 0) ? place : best), 0);
  const name = "day" in span ? w().hour(most) : shortDay(daysOf(span.month)[most] ?? "");
  const sum = added(total);
  if (sum === 0) return w().usedOnly(figure(0, "kWh"));
  return w().used(figure(sum, "kWh"), name, figure(total[most] ?? 0, "kWh", 2));
}

/** Of a power that gave something, the sentence is what it gave. */
function withYield(plot: Plot, known: Known[], span: Span): Plot {
  const one = known.find(({ metric }) => metric === plot.id);
  const summary = one && "day" in span && POWERS.includes(plot.unit) ? one.of.get(span.day) : undefined;
  if (!summary?.kwh || summary.kwh < 0 || typeof summary.max !== "number") return plot;
  const most = w().made(figure(summary.kwh, "kWh")) + w().stop + w().upTo(figure(summary.max, plot.unit));
  return { ...plot, summary: most };
}

/** What a roof gave, day by day. */
function made(known: Known[], span: Span): Plot[] {
  const power = known.find(
    (one) => POWERS.includes(one.about.unit) && added([...one.of.values()].map((day) => day.kwh ?? 0)) > 0,
  );
  if (!power) return [];
  const values = columnOf(
    power,
    span,
    (part) => part.kwh ?? null,
    (day) => day.kwh ?? null,
  );
  const summary = anyKnown(values) ? w().made(figure(added(values), "kWh")) : w().nothing;
  return [barsOf("made", w().madeTitle, "kWh", span, [{ label: w().madeTitle, values, colour: 2 }], summary)];
}

function activity(one: Known, span: Span, until: number): Plot {
  const minutes = (of: { minutes?: unknown }) => (typeof of.minutes === "number" ? of.minutes : 0);
  const values = columnOf(one, span, minutes, minutes);
  const day = "day" in span ? one.of.get(span.day) : undefined;
  // A quarter without movement has no line of its own: within a day that is known it counts nothing.
  const still = (place: number) => (place < come(span, until) ? 0 : null);
  const filled = day && !(Number(day.missing) > 0) ? values.map((value, place) => value ?? still(place)) : values;
  const total = added(values);
  const [first, last] = [day?.first, day?.last];
  const moved =
    typeof first === "string" && typeof last === "string"
      ? w().moves(time(first), time(last), duration(total))
      : total
        ? w().movesTotal(duration(total))
        : "day" in span && come(span, until) < HOURS
          ? w().noMovesYet
          : w().noMoves;
  const summary = one.of.size ? [moved, gaps(one.of)].filter(Boolean).join(w().stop) : w().nothing;
  const unit = "day" in span ? w().minutesOfHour : w().minutesOfDay;
  return barsOf(one.metric, w().movesTitle, unit, span, [{ label: w().movesTitle, values: filled, colour: 1 }], summary);
}

/** What somebody measured of themselves: each measurement for itself. */
function spots(one: Known, span: Span): Plot {
  const items = [...one.of.values()].flatMap((day) => day.items ?? []).filter((item) => typeof item.value === "number");
  const text = (value: unknown) => figure(Number(value), one.about.unit);
  const name = (at: string) => ("day" in span ? time(at) : `${shortDay(at)} ${time(at)}`);
  return {
    id: one.metric,
    title: said(one.about.label),
    unit: one.about.unit,
    kind: "points",
    xs: items.map((item) => Date.parse(item.at) / 1000),
    ...frame(span),
    series: [{ label: said(one.about.label), values: items.map((item) => Number(item.value)), colour: 3 }],
    limits: [],
    summary: items.length ? w().measured(items.length) : w().notMeasured,
    columns: ["day" in span ? w().time : w().day, said(one.about.label)],
    rows: items.map((item) => ({ name: name(item.at), cells: [text(item.value)] })),
    read: (place) => `${name(items[place]?.at ?? "")}  ${text(items[place]?.value)}`,
  };
}
