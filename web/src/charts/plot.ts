// What is to be drawn, as data: made by pure functions, drawn by <Chart>, and said in words and tables for who does not look at it.

/** One line or one kind of bar. Values stand at the plot's places; null where nothing is known. */
export type Series = {
  label: string;
  values: (number | null)[];
  low?: (number | null)[];
  high?: (number | null)[];
  colour: number; // 1 to 6, of the tokens
};

/** A line that stands for a promise: so warm, so cold. */
export type Limit = { value: number; label: string };

export type Plot = {
  id: string;
  title: string;
  /** What its figures count, as it stands beside them. */
  unit: string;
  kind: "line" | "bars" | "points";
  /** Seconds since 1970, one for each place, in order. */
  xs: number[];
  /** From where to where the picture reaches. */
  span: [number, number];
  /** What stands under it: place and word. */
  ticks: [number, string][];
  series: Series[];
  limits: Limit[];
  /** The picture in a sentence. */
  summary: string;
  /** The place in words, and each series' value there: the picture as a table. */
  columns: string[];
  rows: { name: string; cells: string[]; href?: string }[];
  /** What a finger on a place reads. */
  read: (place: number) => string;
};

/** Whether there is anything to draw: bars that are all nothing are no picture. */
export const isDrawn = ({ kind, series }: Plot) =>
  series.some((one) => one.values.some((value) => value !== null && (kind !== "bars" || value !== 0)));

export const isEmpty = (plot: Plot) => plot.series.every((one) => one.values.every((value) => value === null));

/** The values of bars that stand on each other: each with all below it. */
export function stacked(series: Series[]): (number | null)[][] {
  const found: (number | null)[][] = [];
  for (const { values } of series) {
    const below = found.at(-1);
    found.push(values.map((value, place) => (value === null ? (below?.[place] ?? null) : value + (below?.[place] ?? 0))));
  }
  return found;
}
