// A date or an amount is read at one glance: it is never broken in the middle of a line.
import type { ComponentChildren } from "preact";

const WHOLE =
  /(\d{4}年\d{1,2}月(?:\d{1,2}日)?(?:\([日月火水木金土]\))?|\d[\d,]*円|Wi-Fi|(?:[A-Z][a-z]{2},? )?\d{1,2} [A-Z][a-z]+ \d{4})/;

/** The text with its dates and amounts kept together; anything but text as it is. */
export function dated(text: ComponentChildren): ComponentChildren {
  const parts = typeof text === "string" ? text.split(WHOLE) : [];
  if (parts.length < 2) return text;
  return parts.map((part, place) => (place % 2 ? <span class="nowrap">{part}</span> : part));
}
