// The app's own words, Japanese first. Each screen keeps its words beside itself; what the API says in words is not said again.
import { computed, signal } from "@preact/signals";

export type Language = "ja" | "en";
export type Both = { ja: string; en: string };
type Phrase = string | ((...values: never[]) => string);
type Same<T> = { [K in keyof T]: T[K] extends (...values: infer V) => string ? (...values: V) => string : string };

const LANGUAGE = "language"; // a preference, no secret: it may lie in local storage

function first(): Language {
  const kept = localStorage.getItem(LANGUAGE);
  if (kept === "ja" || kept === "en") return kept;
  return navigator.language.startsWith("en") ? "en" : "ja";
}

export const language = signal<Language>(first());

/** Speaks this language from now on, also at the next visit. */
export function speak(wanted: Language): void {
  localStorage.setItem(LANGUAGE, wanted);
  follow(wanted);
}

/** Speaks this language, where nobody chose one on this device. */
export function follow(wanted: Language | undefined): void {
  const kept = localStorage.getItem(LANGUAGE) as Language | null;
  language.value = kept ?? wanted ?? language.value;
  document.documentElement.lang = language.value;
}

/** The words of one screen: `const w = words({...}, {...})`, then `w().title`. The compiler holds both to the same keys. */
export function words<T extends Record<string, Phrase>>(ja: T, en: Same<T>): () => T {
  const chosen = computed(() => (language.value === "ja" ? ja : (en as unknown as T)));
  return () => chosen.value;
}

/** What the API says in both languages, in the one that is spoken; "" where it says nothing. */
export function said(both: Partial<Both> | null | undefined): string {
  return both?.[language.value] ?? both?.ja ?? both?.en ?? "";
}
