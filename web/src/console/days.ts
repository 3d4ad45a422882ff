// Days counted, and the day it is: the API's, which is the one that the terms count by.
import { day, isoDay, moment, shortDay, time } from "~/base/format";
import { useServices } from "./services";
import { w } from "./words";

const DAY_MS = 86_400_000;

/** Days from one day to another; negative where the other came before. */
export const daysBetween = (from: string, to: string) => Math.round((moment(to).getTime() - moment(from).getTime()) / DAY_MS);

export function useToday(): string {
  return useServices()[0]?.today ?? isoDay(new Date());
}

/** How long something has waited: "today", "3 days". */
export function waited(since: string, today: string): string {
  const days = daysBetween(since, today);
  return days <= 0 ? w().today : w().days(days);
}

/** A day short, with its year only where that is another one than this. */
export const dayIn = (value: string, today: string) =>
  isoDay(value).slice(0, 4) === today.slice(0, 4) ? shortDay(value) : day(value);

export const instantIn = (value: string, today: string) => `${dayIn(value, today)} ${time(value)}`;
