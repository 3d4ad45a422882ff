const TONES = ["good", "care", "alarm", "info"];
const GROUNDS = ["paper", "surface", "sunken"];

/** What stands on what, and the contrast that it needs: 4.5 for words, 3 for edges, marks and lines of charts. */
export const PAIRS: [string, string, number][] = [
  ...GROUNDS.flatMap((ground): [string, string, number][] => [
    ["ink", ground, 7],
    ["ink-soft", ground, 4.5],
    ["accent", ground, 4.5],
    ["edge", ground, 3],
  ]),
  ["accent-ink", "accent", 4.5],
  ["accent-ink", "accent-strong", 4.5],
  ["alarm-ink", "alarm", 4.5],
  ["ink", "accent-soft", 7],
  ["accent", "accent-soft", 4.5],
  ["ink-soft", "accent-soft", 4.5],
  ["paper", "ink", 7],
  ...TONES.flatMap((tone): [string, string, number][] => [
    [tone, `${tone}-soft`, 4.5],
    [tone, "surface", 4.5],
    ["ink", `${tone}-soft`, 7],
  ]),
  ...[1, 2, 3, 4, 5, 6].map((line): [string, string, number] => [`chart-${line}`, "surface", 3]),
];
