// Days and months as places on a picture.
import { dayAfter, isoDay, moment, time } from "~/base/format";
import { language } from "~/base/words";

const HOUR = 3600;
export const HOURS = 24;

/** Seconds since 1970 at which a day of Japan begins. */
export const startOf = (day: string) => moment(day).getTime() / 1000 - 12 * HOUR;

/** The same of each quarter of an hour, or of each hour. */
export const quartersOf = (day: string) => Array.from({ length: 96 }, (_, place) => startOf(day) + place * 900);
export const hoursOf = (day: string) => Array.from({ length: HOURS }, (_, place) => startOf(day) + (place + 0.5) * HOUR);

export const dayTicks = (day: string): [number, string][] =>
  [0, 6, 12, 18, 24].map((hour) => [startOf(day) + hour * HOUR, language.value === "ja" ? `${hour}時` : `${hour}:00`]);

/** Until when the newest day that can be looked at has come, in seconds since 1970: now, or its end where the world's clock is another one. */
export const comeUntil = (today: string): number =>
  today === isoDay(new Date()) ? Date.now() / 1000 : startOf(today) + HOURS * HOUR;

export const isMonth = (text: string) => /^\d{4}-\d{2}$/.test(text);
export const isDay = (text: string) => /^\d{4}-\d{2}-\d{2}$/.test(text) && isoDay(`${text}T12:00:00+09:00`) === text;

/** The first and the last day of a month. */
export function spanOf(month: string): [string, string] {
  const first = `${month}-01`;
  const next = dayAfter(first, 31).slice(0, 7);
  return [first, dayAfter(`${next}-01`, -1)];
}

export function monthAfter(month: string, step: 1 | -1): string {
  const [first, last] = spanOf(month);
  return dayAfter(step > 0 ? last : first, step).slice(0, 7);
}

export function daysOf(month: string): string[] {
  const [first, last] = spanOf(month);
  return Array.from({ length: Number(last.slice(8)) }, (_, place) => dayAfter(first, place));
}

/** Noon of each day: where its bar stands. */
export const placesOf = (month: string) => daysOf(month).map((day) => startOf(day) + 12 * HOUR);

export const monthTicks = (month: string): [number, string][] =>
  daysOf(month)
    .filter((_, place) => place % 5 === 0 && place < 30)
    .map((day) => [startOf(day) + 12 * HOUR, String(Number(day.slice(8)))]);

export const clock = (seconds: number) => time(seconds * 1000);
