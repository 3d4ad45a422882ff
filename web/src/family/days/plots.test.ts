import { afterEach, describe, expect, it } from "vitest";
import { language } from "~/base/words";
import { isDrawn, stacked } from "~/charts/plot";
import type { History, Night, Summary, Watch } from "./asked";
import { nightFacts, nightStrip, nightSummary, nightsPlot } from "./night";
import { plotsOf } from "./plots";
import { daysOf, isDay, monthAfter, spanOf, startOf } from "./when";

afterEach(() => {
  language.value = "ja";
});

const DAY = "2026-11-20";
const at = (clock: string, day = DAY) => new Date(`${day}T${clock}:00+09:00`).toISOString();
const about = (ja: string, unit: string, data: string, more: object = {}) => ({ label: { ja, en: ja }, unit, data, ...more });
const history = (metrics: History["metrics"], items: object[]) =>
  ({ device: "d", by: "quarter", from: DAY, to: DAY, metrics, items }) as unknown as History;
const day = (metrics: object, date = DAY) => ({ day: date, complete: true, metrics });
const gauge = (quarters: [string, number, number, number][], more: object = {}) =>
  ({
    kind: "gauge",
    n: quarters.length,
    min: Math.min(...quarters.map(([, low]) => low)),
    mean: 20,
    max: Math.max(...quarters.map(([, , , high]) => high)),
    quarters: quarters.map(([clock, min, mean, max]) => ({ from: at(clock), min, mean, max })),
    ...more,
  }) as unknown as Summary;

describe("days and months as places", () => {
  it("a day of Japan begins at 15:00 of the evening before, London's", () => {
    expect(startOf(DAY)).toBe(Date.parse("2026-11-19T15:00:00Z") / 1000);
  });
  it("months are as long as they are, and follow each other over the year's end", () => {
    expect(daysOf("2028-02")).toHaveLength(29);
    expect(spanOf("2026-12")).toEqual(["2026-12-01", "2026-12-31"]);
    expect([monthAfter("2026-12", 1), monthAfter("2026-01", -1)]).toEqual(["2027-01", "2025-12"]);
  });
  it("a day that is none is none", () => {
    expect([isDay("2026-02-28"), isDay("2026-02-30"), isDay("today")]).toEqual([true, false, false]);
  });
});

describe("a room's day", () => {
  const room = {
    temperature: about("室温", "°C", "room"),
    humidity: about("湿度", "%", "room"),
    light: about("明るさ", "lx", "room"),
  };
  const measured = gauge([
    ["05:00", 21, 21.2, 21.4],
    ["05:15", 21.5, 22, 23],
    ["14:15", 27, 27.6, 28.1],
  ]);
  const seen = history(room, [
    day({ temperature: measured, humidity: gauge([["05:00", 40, 41, 42]]), light: gauge([["05:00", 0, 1, 2]]) }),
  ]);
  const [first, humidity] = plotsOf("room", seen, [], { day: DAY }, ["temperature", "humidity", "light"]).first;

  it("is a sentence of the most and the least, with when", () => {
    expect(first?.summary).toBe("最高 28.1°C(14:15ごろ)、最低 21°C(5:00ごろ)");
    language.value = "en";
    const [english] = plotsOf("room", seen, [], { day: DAY }, ["temperature"]).first;
    expect(english?.summary).toBe("Highest 28.1°C (about 14:15), lowest 21°C (about 5:00)");
  });
  it("leaves its gaps open, in the picture and in the table", () => {
    expect(first?.xs).toHaveLength(96);
    expect(first?.series[0]?.values.slice(19, 23)).toEqual([null, 21.2, 22, null]);
    expect(first?.rows[5]).toEqual({ name: "5:00", cells: ["21.6°C", "21°C", "23°C"] });
    expect(first?.rows[6]?.cells).toEqual(["記録なし", "記録なし", "記録なし"]);
  });
  it("shows first what its model lists first, the rest on request", () => {
    expect(humidity?.title).toBe("湿度");
    expect(plotsOf("room", seen, [], { day: DAY }, ["temperature", "humidity", "light"]).others.map((one) => one.id)).toEqual([
      "light",
    ]);
  });
  it("draws a line where a watch would speak", () => {
    const watches = [
      { watch: "hot", kind: "threshold", metric: "temperature", above: 31 },
      { watch: "dry", kind: "threshold", metric: "humidity", below: 30 },
      { watch: "silent", kind: "silence", after_minutes: 60 },
    ] as unknown as Watch[];
    const [plot] = plotsOf("room", seen, watches, { day: DAY }, ["temperature"]).first;
    expect(plot?.limits).toEqual([{ value: 31, label: "31°C を超えたらお知らせ" }]);
  });
  it("says how long nothing was recorded", () => {
    const torn = history(room, [day({ temperature: gauge([["05:00", 21, 21, 21]], { missing: 125 }) })]);
    expect(plotsOf("room", torn, [], { day: DAY }, []).first[0]?.summary).toContain("記録のない時間: 2時間5分");
  });
  it("of a month each day leads to its day", () => {
    const [month] = plotsOf("room", seen, [], { month: "2026-11" }, ["temperature"]).first;
    expect(month?.rows).toHaveLength(30);
    expect(month?.rows[19]).toEqual({ name: "11月20日(金)", cells: ["20°C", "21°C", "28.1°C"] });
    expect(month?.summary).toBe("最高 28.1°C(11月20日(金))、最低 21°C(11月20日(金))");
  });
});

describe("a day's electricity", () => {
  const sums = (...parts: [string, number][]) => ({
    kind: "amount",
    n: 1,
    sum: 0,
    quarters: parts.map(([clock, sum]) => ({ from: at(clock), sum })),
  });
  const metrics = {
    total: about("積算", "kWh", "energy"),
    kitchen: about("台所", "Wh", "energy", { group: "kitchen" }),
  };
  const used = {
    kind: "meter",
    n: 4,
    used: 2,
    quarters: [
      ["07:00", 0.5],
      ["07:15", 1],
      ["19:00", 0.5],
    ].map(([clock, amount]) => ({ from: at(String(clock)), used: amount })),
  };
  const [plot] = plotsOf(
    "energy",
    history(metrics, [day({ total: used, kitchen: sums(["07:00", 300], ["07:15", 200]) })]),
    [],
    { day: DAY },
    [],
  ).first;

  it("adds quarters up to hours; groups and what is left make the whole", () => {
    expect(plot?.series.map((one) => [one.label, one.values[7], one.values[19]])).toEqual([
      ["台所", 0.5, null],
      ["そのほか", 1, 0.5],
    ]);
    expect(plot?.rows[7]).toEqual({ name: "7:00", cells: ["1.5\u00a0kWh", "0.5\u00a0kWh", "1\u00a0kWh"] });
  });
  it("says the sum and the hour of the most", () => {
    expect(plot?.summary).toBe("合わせて 2\u00a0kWh。いちばん多かったのは 7時台(1.5\u00a0kWh)です");
  });
  it("what the meter missed a power may know; what neither knows stays a gap", () => {
    const both = { ...metrics, power: about("電力", "kW", "energy") };
    const power = {
      kind: "gauge",
      n: 2,
      mean: 1,
      min: 1,
      max: 1,
      quarters: [
        ["07:00", 9],
        ["08:00", 0.25],
      ].map(([clock, kwh]) => ({ from: at(String(clock)), kwh })),
    };
    const [torn] = plotsOf("energy", history(both, [day({ total: used, power })]), [], { day: DAY }, []).first;
    expect(torn?.series[0]?.values.slice(6, 10)).toEqual([null, 1.5, 0.25, null]);
    const gap = { kind: "meter", n: 1, used: 0 };
    const month = plotsOf(
      "energy",
      history(both, [day({ total: gap, power: { ...power, kwh: 5 } })]),
      [],
      { month: "2026-11" },
      [],
    ).first;
    expect(month[0]?.series[0]?.values[19]).toBe(5);
  });
  it("bars stand on each other", () => {
    expect(stacked(plot?.series ?? []).map((values) => values[7])).toEqual([0.5, 1.5]);
  });
});

describe("what a roof gave", () => {
  it("is a sum of days in a month, and of a battery nothing", () => {
    const power = (kwh: number) =>
      history({ power: about("電力", "W", "pv") }, [day({ power: { kind: "gauge", n: 1, mean: 1, min: 0, max: 2, kwh } })]);
    expect(plotsOf("pv", power(22.24), [], { month: "2026-11" }, []).first[0]?.summary).toBe("発電 22.2\u00a0kWh");
    expect(plotsOf("pv", power(22.24), [], { day: DAY }, []).first[0]?.summary).toBe("発電 22.2\u00a0kWh。最高 2\u00a0W");
    expect(plotsOf("pv", power(-1.8), [], { month: "2026-11" }, []).first).toEqual([]);
  });
});

describe("a day's activity", () => {
  const motion = (more: object) =>
    history({ motion: about("動き", "", "activity") }, [
      day({
        motion: {
          kind: "presence",
          n: 9,
          times: 2,
          minutes: 25,
          quarters: [
            { from: at("07:00"), minutes: 15 },
            { from: at("07:15"), minutes: 10 },
          ],
          ...more,
        },
      }),
    ]);
  it("says from when to when, and how long", () => {
    const [plot] = plotsOf(
      "activity",
      motion({ first: at("06:55"), last: at("21:45"), missing: 0 }),
      [],
      { day: DAY },
      [],
    ).first;
    expect(plot?.summary).toBe("6:55 から 21:45 まで、合わせて 25分 の動きがありました");
    expect(plot?.series[0]?.values.slice(6, 9)).toEqual([0, 25, 0]);
  });
  it("says nothing of hours that are still to come", () => {
    const early = (more: object, clock: string) =>
      plotsOf("activity", motion(more), [], { day: DAY }, [], Date.parse(at(clock)) / 1000).first[0];
    const plot = early({ missing: 0 }, "07:40");
    expect(plot?.series[0]?.values.slice(6, 9)).toEqual([0, 25, null]);
    expect(plot?.rows.at(-1)).toEqual({ name: "7:00", cells: ["25分"] });
    expect(plot && isDrawn(plot)).toBe(true);
    const still = early({ minutes: 0, quarters: [], missing: 0 }, "01:40");
    expect(still?.summary).toBe("今日はまだ動きがありません");
    expect(still && isDrawn(still)).toBe(false); // nothing is no picture
  });
  it("calls an hour without a word still only where the sensor was heard", () => {
    const [plot] = plotsOf("activity", motion({ missing: 60 }), [], { day: DAY }, []).first;
    expect(plot?.series[0]?.values.slice(6, 9)).toEqual([null, 25, null]);
  });
});

describe("a night", () => {
  const night: Night = {
    day: DAY,
    to_bed_at: at("22:15", "2026-11-19"),
    asleep_at: at("22:30", "2026-11-19"),
    awake_at: at("06:25"),
    up_at: null,
    asleep_minutes: 450,
    awake_minutes: 25,
    times_up: 1,
    nap_minutes: 0,
  };
  it("in a sentence, and in facts of which none is made up", () => {
    expect(nightSummary(night)).toBe("7時間30分 眠りました(22:30 から 6:25)");
    expect(nightFacts(night).filter(([, value]) => value)).toEqual([
      ["寝床に入った", "22:15"],
      ["眠った", "22:30"],
      ["目を覚ました", "6:25"],
      ["眠った時間", "7時間30分"],
      ["寝床で起きていた時間", "25分"],
      ["夜中に起きた回数", "1回"],
    ]);
  });
  it("that is not over is told as far as it has come", () => {
    const now = { ...night, awake_at: null, asleep_minutes: 186 };
    expect(nightSummary(now, DAY)).toBe("これまでに 3時間6分 眠っています");
    expect(nightSummary(now, "2026-11-21")).toBe("3時間6分 眠りました");
  });
  it("reaches from noon to noon over two days", () => {
    const state = (clock: string, minutes: object, date: string) => ({ from: at(clock, date), minutes });
    const bed = history({ bed: about("寝床", "", "sleep") }, [
      day({ bed: { kind: "state", n: 1, quarters: [state("22:30", { asleep: 10, moving: 5 }, "2026-11-19")] } }, "2026-11-19"),
      day({
        bed: { kind: "state", n: 1, quarters: [state("06:00", { asleep: 15 }, DAY), state("13:00", { asleep: 15 }, DAY)] },
      }),
    ]);
    const strip = nightStrip(bed, { asleep: "眠り", moving: "動き", away: "いない" }, DAY);
    expect(strip.series.map((one) => [one.label, one.values[10], one.values[18]])).toEqual([
      ["眠り", 10, 15],
      ["動き", 5, 0],
    ]);
    expect(strip.rows[10]).toEqual({ name: "22:00", cells: ["10分", "5分"] });
  });
  it("of a month each with its length, unknown ones left out of the mean", () => {
    const plot = nightsPlot([night, { ...night, day: "2026-11-21", asleep_minutes: 390 }], "2026-11");
    expect(plot.summary).toBe("平均 7時間 眠りました");
    expect(plot.series[0]?.values.slice(18, 21)).toEqual([null, 7.5, 6.5]);
  });
});
