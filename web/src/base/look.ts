// Light, dark, or as the device wishes: a preference of this device, kept in local storage.
import { signal } from "@preact/signals";

export type Look = "device" | "light" | "dark";
const LOOK = "look";

export const look = signal<Look>((localStorage.getItem(LOOK) as Look | null) ?? "device");

export function wear(wanted: Look = look.value): void {
  look.value = wanted;
  localStorage.setItem(LOOK, wanted);
  document.documentElement.dataset.theme = wanted;
}
