// The one home of how dates, times, money and figures look. Days and times are Japan's, wherever the phone is.
import { language } from "./words";

const ZONE = "Asia/Tokyo";
const made = new Map<string, Intl.DateTimeFormat | Intl.NumberFormat | Intl.RelativeTimeFormat>();

function locale(): string {
  return language.value === "ja" ? "ja-JP" : "en-GB";
}

function once<T extends Intl.DateTimeFormat | Intl.NumberFormat | Intl.RelativeTimeFormat>(key: string, make: () => T): T {
  const full = `${locale()} ${key}`;
  const known = made.get(full) ?? make();
  made.set(full, known);
  return known as T;
}

function dates(key: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return once(key, () => new Intl.DateTimeFormat(locale(), { timeZone: ZONE, ...options }));
}

/** A day as the API writes it ("2026-11-22") or an instant, as a Date. Days are taken at Japan's noon: no zone moves them. */
export function moment(value: string | number | Date): Date {
  if (typeof value === "string" && /^\d{4}-\d{2}-\d{2}$/.test(value)) return new Date(`${value}T12:00:00+09:00`);
  if (typeof value === "string" && /^\d{4}-\d{2}$/.test(value)) return new Date(`${value}-15T12:00:00+09:00`);
  return new Date(value);
}

/** 2026年11月22日(日) / Sun 22 November 2026 */
export const day = (value: string | Date) =>
  dates("day", { year: "numeric", month: "long", day: "numeric", weekday: "short" }).format(moment(value));
/** 11月22日(日) / Sun 22 Nov */
export const shortDay = (value: string | Date) =>
  dates("shortDay", { month: "short", day: "numeric", weekday: "short" }).format(moment(value));
/** 2026年11月 / November 2026 */
export const month = (value: string | Date) => dates("month", { year: "numeric", month: "long" }).format(moment(value));
/** 7:12 / 07:12 */
export const time = (value: string | number | Date) =>
  dates("time", { hour: "numeric", minute: "2-digit" }).format(moment(value));
/** 11月22日(日) 7:12 */
export const dayAndTime = (value: string | Date) => `${shortDay(value)} ${time(value)}`;

/** The Japan day of an instant as the API writes days. */
export const isoDay = (value: string | number | Date) =>
  new Intl.DateTimeFormat("sv-SE", { timeZone: ZONE, year: "numeric", month: "2-digit", day: "2-digit" }).format(moment(value));

/** The day that is so many days after. */
export function dayAfter(value: string, days: number): string {
  return isoDay(new Date(moment(value).getTime() + days * 86_400_000));
}

/** 7:12, yesterday 7:12, or the day: as short as it can be without misleading. */
export function when(value: string | Date, now: Date = new Date()): string {
  const today = isoDay(now);
  const that = isoDay(value);
  if (that === today) return time(value);
  if (that === dayAfter(today, -1))
    return `${once("relative", () => new Intl.RelativeTimeFormat(locale(), { numeric: "auto" })).format(-1, "day")} ${time(value)}`;
  return dayAndTime(value);
}

/** How long ago: 5 分前, 3 時間前 / 5 minutes ago. */
export function ago(seconds: number): string {
  const words = once("relative", () => new Intl.RelativeTimeFormat(locale(), { numeric: "auto" }));
  if (seconds < 60) return words.format(0, "second");
  if (seconds < 3600) return words.format(-Math.floor(seconds / 60), "minute");
  if (seconds < 86_400) return words.format(-Math.floor(seconds / 3600), "hour");
  return words.format(-Math.floor(seconds / 86_400), "day");
}

/** 96,529円 / ¥96,529 */
export function yen(amount: number): string {
  const figure = once("yen", () => new Intl.NumberFormat(locale())).format(amount);
  return language.value === "ja" ? `${figure}円` : `¥${figure}`;
}

// Units that are a word or two: people say them in their language.
const UNITS: Record<string, { ja: string; en: string }> = {
  bpm: { ja: "回/分", en: "bpm" },
  "/min": { ja: "回/分", en: "per min" },
  min: { ja: "分", en: "min" },
};

const CLOSE_UP = /^[%℃°\u3040-\u9fff]/; // signs, and words of Japanese, stand at their figure

/** A unit as people write it: 回/分 of bpm. */
export const unitWord = (unit: string): string => UNITS[unit]?.[language.value] ?? unit;

/** A measured figure with at most so many decimals, and its unit where it has one; they are never torn apart. */
export function figure(value: number, unit = "", decimals = 1): string {
  const text = once(`figure ${decimals}`, () => new Intl.NumberFormat(locale(), { maximumFractionDigits: decimals })).format(
    value,
  );
  if (!unit) return text;
  const word = unitWord(unit);
  return CLOSE_UP.test(word) ? `${text}${word}` : `${text}\u00a0${word}`;
}

/** 7 時間 5 分 / 7 h 5 min */
export function duration(minutes: number): string {
  const [hours, rest] = [Math.floor(minutes / 60), Math.round(minutes % 60)];
  const ja = language.value === "ja";
  const parts = [hours ? `${hours}${ja ? "時間" : " h"}` : "", rest || !hours ? `${rest}${ja ? "分" : " min"}` : ""];
  return parts.filter(Boolean).join(ja ? "" : " ");
}

/** 日本 / Japan, from a country's two letters. */
export const country = (code: string): string => new Intl.DisplayNames(locale(), { type: "region" }).of(code) ?? code;

/** Several names as one text: "A、B、C", "A, B and C". */
export const listed = (names: string[]): string => new Intl.ListFormat(locale(), { type: "conjunction" }).format(names);
