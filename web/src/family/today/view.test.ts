import { afterEach, describe, expect, it } from "vitest";
import type { Home } from "~/base/homes";
import type { Now } from "~/base/now";
import { language } from "~/base/words";
import { comes, glance, pauses, slept, tiles } from "./view";

afterEach(() => {
  language.value = "ja";
});

const AT = new Date("2026-11-22T07:20:00+09:00");
const home = (more: object = {}) => ({ id: "h", service: "s", version: 1, state: "active", ...more }) as Home;
const value = (data: string, kind: string, is: unknown, more: object = {}) => ({
  metric: "m",
  label: { ja: "値", en: "value" },
  unit: "",
  kind,
  data,
  value: is,
  measured_at: "2026-11-22T07:18:00+09:00",
  age_seconds: 120,
  stale: false,
  ...more,
});
const device = (values: object[], more: object = {}) => ({
  device: "d",
  label: "居間",
  model: "m",
  silent: false,
  open_alerts: [],
  last_heard_at: "2026-11-22T07:18:00+09:00",
  values,
  ...more,
});
const now = (devices: object[], more: object = {}) =>
  ({
    at: AT.toISOString(),
    watches: true,
    functions: [],
    last_activity: null,
    open_alerts: 0,
    devices,
    texts: [],
    ...more,
  }) as unknown as Now;
const moved = (at: string) => ({ last_activity: { at, device: "d", label: null } });
const says = (of: Now, night?: object) => glance(home(), of, AT, night).text;

describe("how somebody is", () => {
  const bed = (state: string, ja: string, more: object = {}) =>
    device([value("sleep", "state", state, { words: { ja, en: "asleep" }, ...more })]);
  it("active, by which device where another one knows of less", () => {
    const moves = device([value("activity", "presence", true)], { device: "m", last_active_at: "2026-11-22T00:45:00+09:00" });
    const both = now([device([], { label: "分電盤" }), moves], moved("2026-11-22T06:05:00+09:00"));
    expect(glance(home(), both, AT)).toEqual({ text: "6:05 に活動がありました", more: "分電盤で分かりました" });
    expect(glance(home(), now([moves], moved("2026-11-22T06:05:00+09:00")), AT).more).toBeUndefined();
  });
  it("asleep, in the words of the mat", () => {
    expect(says(now([bed("asleep", "眠っています")]))).toBe("眠っています");
    language.value = "en";
    expect(says(now([bed("asleep", "眠っています")]))).toBe("Asleep");
  });
  it("up, and since when something was done", () => {
    const out = now([bed("away", "寝床にいません")], moved("2026-11-22T07:12:00+09:00"));
    expect(says(out)).toBe("起きています — 7:12 に活動");
    language.value = "en";
    expect(says(out)).toBe("Up — active at 7:12");
  });
  it("up since leaving the bed, where nothing else tells of activity", () => {
    expect(says(now([bed("away", "")]), { up_at: "2026-11-22T06:45:00+09:00" })).toBe("起きています — 6:45 に活動");
  });
  it("leaving the bed yesterday is no sign of this morning", () => {
    expect(says(now([bed("away", "")]), { up_at: "2026-11-21T06:45:00+09:00" })).toBe("起きています");
  });
  it("an old word of the mat is no state of now", () => {
    const old = now([bed("asleep", "眠っています", { stale: true }), device([value("room", "gauge", 20.04, { unit: "°C" })])]);
    expect(says(old)).toBe("室温は 20°C です");
  });
  it("without a mat: active, active before, and not yet today", () => {
    const seen = (at: string) => says(now([device([value("activity", "presence", true)])], moved(at)));
    expect(seen("2026-11-22T07:05:00+09:00")).toBe("活動しています — 7:05");
    expect(seen("2026-11-22T07:04:59+09:00")).toBe("7:04 に活動がありました");
    expect(seen("2026-11-21T21:03:00+09:00")).toBe("最後の活動は 昨日 21:03 です");
  });
});

describe("where there is no person to speak of", () => {
  it("a telephone asks for no device", () => {
    const line = glance(home(), now([], { watches: false }), AT);
    expect(line).toEqual({ text: "ご利用中です", next: true });
    expect(glance(home(), now([]), AT).devices).toBe(true);
  });
  const roof = (watts: number) => now([device([value("pv", "gauge", watts, { unit: "W" })])]);
  it("the roof", () => {
    expect(says(roof(3200))).toBe("発電しています — いま 3,200\u00a0W");
    expect(says(roof(0))).toBe("いまは発電していません");
  });
});

describe("silence is said, and nothing old is passed off as new", () => {
  it("when all values are old, or all devices silent", () => {
    const old = device([value("room", "gauge", 20, { stale: true })], { last_heard_at: "2026-11-22T03:10:00+09:00" });
    expect(glance(home(), now([old], moved("2026-11-22T03:00:00+09:00")), AT)).toMatchObject({
      text: "3:10 から様子が届いていません",
      tone: "care",
    });
    const silent = device([value("room", "gauge", 20)], { silent: true, last_heard_at: "2026-11-21T23:00:00+09:00" });
    expect(says(now([silent]))).toBe("昨日 23:00 から様子が届いていません");
  });
  it("one that speaks is enough", () => {
    const both = now([
      device([value("room", "gauge", 20, { stale: true })]),
      device([value("room", "gauge", 21, { unit: "°C" })]),
    ]);
    expect(says(both)).toBe("室温は 21°C です");
  });
});

describe("before the first word", () => {
  const next = (more: object, devices: object[] = []) => glance(home(more), now(devices), AT).text;
  it("says what comes next from the contract", () => {
    expect(next({ state: "applied" })).toBe("お申し込みを確認しています");
    expect(next({ state: "accepted" })).toBe("始まりの準備をしています");
    expect(next({ state: "accepted", visit_on: "2026-11-22" })).toBe("11月22日(日)に取り付けにうかがいます");
    expect(next({ state: "accepted", visit_on: "2026-11-21", ships_on: "2026-11-24" })).toBe("11月24日(火)に機器を発送します");
    expect(next({ state: "active", service_starts_on: "2026-12-01" })).toBe("12月1日(火)にサービスが始まります");
    expect(next({ state: "active", service_starts_on: "2026-11-01" })).toBe("まだ機器が登録されていません");
    expect(next({ state: "ended" })).toBe("この契約は終わりました");
    expect(next({ state: "refused" })).toBe("お申し込みはお受けできませんでした");
  });
  it("a device that has not spoken yet is waited for", () => {
    expect(next({}, [device([], { last_heard_at: null })])).toBe("機器からの最初の知らせを待っています");
  });
});

describe("tiles", () => {
  it("hold the figures worth looking at, and leave out the device's own affairs", () => {
    const room = device([
      value("room", "gauge", 20.26, { label: { ja: "室温", en: "" }, unit: "°C" }),
      value("room", "gauge", 41, { label: { ja: "湿度", en: "" }, unit: "%" }),
      value("room", "gauge", 500, { label: { ja: "二酸化炭素", en: "" }, unit: "ppm" }),
      value("device", "gauge", 80, { unit: "%" }),
    ]);
    const [tile, ...none] = tiles(now([room, device([value("system", "state", "OK")])]), AT);
    expect(none).toEqual([]);
    expect(tile).toMatchObject({ name: "居間", subject: "room", age: "2 分前", stale: false });
    expect(tile?.figures.map((one) => one.text)).toEqual(["20.3°C", "41%"]);
  });
  it("say how old they are, and when it was where that is long ago", () => {
    const meter = (at: string) => tiles(now([device([value("vitals", "spot", 132, { measured_at: at })])]), AT)[0]?.age;
    expect(meter("2026-11-22T06:20:00+09:00")).toBe("1 時間前");
    expect(meter("2026-11-19T06:20:00+09:00")).toBe("11月19日(木) 6:20");
  });
  it("a sensor of movement shows when there was some", () => {
    const sensor = device([value("activity", "presence", false)], { last_active_at: "2026-11-22T06:50:00+09:00" });
    expect(tiles(now([sensor]), AT)[0]?.figures[0]?.text).toBe("6:50");
  });
  it("what is old does not stand beside what is new; alone it is shown as old", () => {
    const [fresh, old] = [
      value("sleep", "state", "away", { words: { ja: "寝床にいません" } }),
      value("vitals", "gauge", 58, { stale: true }),
    ];
    expect(tiles(now([device([fresh, old])]), AT)[0]).toMatchObject({ stale: false, figures: [{ text: "寝床にいません" }] });
    expect(tiles(now([device([old])]), AT)[0]).toMatchObject({ stale: true, figures: [{ text: "58", stale: true }] });
  });
  it("only a power's day is summed up", () => {
    const unit = (name: string) => tiles(now([device([value("pv", "gauge", 1.234, { unit: name })])]), AT)[0];
    expect(unit("kW")).toMatchObject({ counts: true, figures: [{ text: "1.23\u00a0kW" }] });
    expect(unit("%")).toMatchObject({ counts: false, figures: [{ text: "1.2%" }] });
  });
  it("last night's sleep is a length of time, nothing where it is not known", () => {
    expect(slept({ asleep_minutes: 450, up_at: "2026-11-22T06:45:00+09:00" })).toBe("昨夜の睡眠 7時間30分");
    expect(slept({ asleep_minutes: 186, up_at: null })).toBe("睡眠 これまで 3時間6分"); // it is not over
    expect(slept(undefined)).toBe("");
  });
});

describe("what comes, and what is held", () => {
  it("does not tell somebody who has just come how to go", () => {
    const moment = (kind: string, on: string, happened = false) => ({ kind, on, happened });
    const all = [
      moment("applied", "2026-11-20", true),
      moment("cancel_until", "2026-11-25"),
      moment("service_started", "2026-11-22"),
      moment("visit", "2026-11-21"),
    ];
    expect(comes(all, "2026-11-22").map((one) => one.kind)).toEqual(["service_started"]);
  });

  it("names the devices of which nobody is told, the first to end first; all of them are the home", () => {
    const held = (label: string | null, until?: string) =>
      device([], { label, name: { ja: "温湿度センサー", en: "Climate sensor" }, maintenance: until ? { until } : null });
    const of = (...devices: object[]) => pauses(devices as Parameters<typeof pauses>[0]);
    const [noon, evening] = ["2026-11-22T03:00:00Z", "2026-11-22T09:00:00Z"];
    expect(of(held("居間"), held("寝室"))).toEqual([]);
    expect(of(held("居間", evening), held(null, noon), held("寝室"))).toEqual([
      { until: noon, names: ["温湿度センサー"], whole: false },
      { until: evening, names: ["居間"], whole: false },
    ]);
    expect(of(held("居間", noon), held("寝室", noon))).toEqual([{ until: noon, names: ["居間", "寝室"], whole: true }]);
  });
});
