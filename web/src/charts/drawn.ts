// A plot in uPlot's own words: axes, lines, bars, bands, limits. Nothing of it knows what is measured.
import type uPlot from "uplot";
import { figure } from "~/base/format";
import { colour, thin } from "./colours";
import { type Plot, type Series, stacked } from "./plot";

type Library = typeof uPlot;
const FONT = "12px system-ui, sans-serif";
const WIDE = 44; // px for the figures beside the picture
const FEW = 31; // so many places show a point each
const DASHES = [[], [6, 3], [2, 3]];

export function drawn(
  UPlot: Library,
  plot: Plot,
  box: HTMLElement,
  onPlace: (place?: number) => void,
): [uPlot.Options, uPlot.AlignedData] {
  const [ink, line] = [colour("ink-soft", box), colour("line", box)];
  const [lines, columns] = plot.kind === "bars" ? bars(UPlot, plot, box) : curves(UPlot, plot, box);
  const bands = plot.kind === "bars" ? [] : bandsOf(plot, box);
  const options: uPlot.Options = {
    width: box.clientWidth,
    height: box.clientHeight,
    padding: [10, 20, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 8 } },
    scales: { x: { time: false, range: () => plot.span }, y: { range: (_chart, low, high) => reach(plot, low, high) } },
    axes: [
      {
        stroke: ink,
        font: FONT,
        size: 30,
        grid: { stroke: line, width: 1 },
        ticks: { show: false },
        splits: () => plot.ticks.map(([at]) => at),
        values: () => plot.ticks.map(([, word]) => word),
      },
      {
        stroke: ink,
        font: FONT,
        size: WIDE,
        grid: { stroke: line, width: 1 },
        ticks: { show: false },
        values: (_chart, splits) => splits.map((value) => figure(value, "", 2)),
      },
    ],
    series: [{}, ...lines],
    bands,
    hooks: {
      setCursor: [(chart) => onPlace(chart.cursor.idx ?? undefined)],
      draw: [(chart) => limits(chart, plot, colour("care", box), colour("surface", box))],
    },
  };
  return [options, [plot.xs, ...columns] as uPlot.AlignedData];
}

/** How far up and down: bars from nothing, lines with air, limits that are near. */
function reach(plot: Plot, low: number | null, high: number | null): [number, number] {
  let [least, most] = [low ?? 0, high ?? 1];
  const air = Math.max((most - least) * 0.15, plot.kind === "bars" ? 0 : 0.5);
  for (const { value } of plot.limits) {
    if (value >= least - 4 * air && value <= most + 4 * air) [least, most] = [Math.min(least, value), Math.max(most, value)];
  }
  if (plot.kind === "bars") return [Math.min(0, least), most > 0 ? most * 1.1 : 1];
  return [least >= 0 && least - air < 0 ? 0 : least - air, most + air];
}

function curves(UPlot: Library, plot: Plot, box: HTMLElement): [uPlot.Series[], (number | null)[][]] {
  const lines: uPlot.Series[] = [];
  const columns: (number | null)[][] = [];
  plot.series.forEach((one, place) => {
    const stroke = colour(`chart-${one.colour}`, box);
    const every = plot.kind === "points" || plot.xs.length <= FEW;
    const points = {
      show: true,
      size: plot.kind === "points" ? 8 : 5,
      fill: stroke,
      filter: () => (every ? null : alone(one)),
    };
    lines.push({ label: one.label, stroke, width: 2, dash: DASHES[place % DASHES.length] ?? [], points, spanGaps: false });
    columns.push(one.values);
    if (one.high && one.low) {
      const none = { stroke: "transparent", width: 0, points: { show: false } };
      if (UPlot.paths.linear) lines.push({ ...none, label: "" }, { ...none, label: "" });
      columns.push(one.high, one.low);
    }
  });
  return [lines, columns];
}

/** Places with nothing known beside them: a line alone would not show them. */
function alone({ values }: Series): number[] {
  const known = (place: number) => values[place] !== null && values[place] !== undefined;
  return [...values.keys()].filter((place) => known(place) && !known(place - 1) && !known(place + 1));
}

/** Between the least and the most of each place. */
function bandsOf(plot: Plot, box: HTMLElement): uPlot.Band[] {
  const bands: uPlot.Band[] = [];
  let at = 1;
  for (const one of plot.series) {
    if (one.high && one.low) {
      bands.push({ series: [at + 1, at + 2], fill: thin(colour(`chart-${one.colour}`, box), 22) });
      at += 3;
    } else at += 1;
  }
  return bands;
}

/** The highest first, so that what lies on top is drawn last. */
function bars(UPlot: Library, plot: Plot, box: HTMLElement): [uPlot.Series[], (number | null)[][]] {
  const columns = stacked(plot.series).reverse();
  const lines = plot.series.toReversed().map((one: Series) => {
    const fill = colour(`chart-${one.colour}`, box);
    const paths = UPlot.paths.bars?.({ size: [0.75, 48], radius: 0.15, align: 0 });
    return { label: one.label, fill, stroke: fill, width: 0, points: { show: false }, ...(paths && { paths }) };
  });
  return [lines, columns];
}

const LABEL = 15; // px that a limit's label is high

/** Where the labels of lines stand so that none covers another: above its line, below it, or where room is left. Pure. */
export function labelPlaces(lines: number[], high = LABEL): number[] {
  const taken: number[] = [];
  const found: number[] = [];
  const fromTop = lines.map((y, place) => ({ y, place })).toSorted((one, other) => one.y - other.y);
  for (const { y, place } of fromTop) {
    const candidates = [y - 4, y + high - 2, y + 2 * high - 2];
    const free = candidates.find((at) => taken.every((other) => Math.abs(other - at) >= high)) ?? y - 4;
    taken.push(free);
    found[place] = free;
  }
  return found;
}

function limits(chart: uPlot, plot: Plot, stroke: string, paper: string): void {
  const { ctx, bbox } = chart;
  const [low = 0, high = 0] = [chart.scales.y?.min, chart.scales.y?.max].map((value) => value ?? 0);
  const shown = plot.limits.filter((one) => one.value > low && one.value < high);
  const lines = shown.map((one) => chart.valToPos(one.value, "y", true) / devicePixelRatio);
  ctx.save();
  ctx.strokeStyle = stroke;
  ctx.lineWidth = devicePixelRatio * 1.5;
  ctx.setLineDash([6 * devicePixelRatio, 4 * devicePixelRatio]);
  for (const y of lines) {
    ctx.beginPath();
    ctx.moveTo(bbox.left, y * devicePixelRatio);
    ctx.lineTo(bbox.left + bbox.width, y * devicePixelRatio);
    ctx.stroke();
  }
  ctx.setLineDash([]);
  ctx.fillStyle = stroke;
  ctx.strokeStyle = paper; // a rim, so that what lies behind does not cross the words out
  ctx.lineWidth = devicePixelRatio * 4;
  ctx.lineJoin = "round";
  ctx.font = `${12 * devicePixelRatio}px system-ui, sans-serif`;
  ctx.textAlign = "right";
  labelPlaces(lines).forEach((y, place) => {
    const at: [string, number, number] = [
      shown[place]?.label ?? "",
      bbox.left + bbox.width - 4 * devicePixelRatio,
      y * devicePixelRatio,
    ];
    ctx.strokeText(...at);
    ctx.fillText(...at);
  });
  ctx.restore();
}
