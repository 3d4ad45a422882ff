// Coming in by several doors (sign in, sign up, forgotten password), and going on to where one wanted to go.
import { signal } from "@preact/signals";

/** Who signed in before the address was confirmed: the sign-up goes on with the code. Kept in memory only. */
export const begun = signal<{ email: string; password: string } | null>(null);

/** Where to go on: a place of ours, never another site's. */
export function wanted(to: string | undefined): string {
  return to && /^\/(?![/\\])/.test(to) && !DOORS.test(to) ? to : "/";
}

const DOORS = /^\/(sign-in|sign-up|forgotten)(\W|$)/;

/** The address of a door that leads on to where one wanted to go. */
export function door(path: string, to: string): string {
  return to === "/" ? path : `${path}?to=${encodeURIComponent(to)}`;
}

/** Six figures, however they were typed or pasted: full width, with blanks, with words around them. */
export function figuresOf(typed: string): string {
  return typed.normalize("NFKC").replace(/\D/g, "").slice(0, CODE);
}

const CODE = 6;
export const isCode = (figures: string) => figures.length === CODE;
