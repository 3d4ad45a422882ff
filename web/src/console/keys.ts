// The keyboard of the console: single keys, and "g" with a letter. Silent while somebody types, and switched off at will.
import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";

export type Keys = Record<string, () => void>;

const OFF = "console-keys-off"; // a preference of this browser
const PATIENCE_MS = 1200; // how long "g" waits for its letter

/** Whether single keys do something: who speaks to the machine or shares a keyboard may want silence. */
export const keysOn = signal(localStorage.getItem(OFF) !== "yes");

export function switchKeys(on: boolean): void {
  keysOn.value = on;
  localStorage.setItem(OFF, on ? "no" : "yes");
}

/** The name of what was pressed as the tables below write it: "j", "?", "Ctrl+k". */
export function nameOf(event: Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey">): string {
  if (event.altKey) return "";
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  return event.ctrlKey || event.metaKey ? `Ctrl+${key}` : key;
}

/** Follows what is pressed: answers what to do, and which beginning ("g") still waits for its second key. */
export function follow(keys: Keys, name: string, begun: string): { act?: () => void; begun: string } {
  const pair = begun ? `${begun} ${name}` : "";
  if (pair && keys[pair]) return { act: keys[pair], begun: "" };
  if (keys[name]) return { act: keys[name], begun: "" };
  const begins = Object.keys(keys).some((one) => one.startsWith(`${name} `));
  return { begun: begins ? name : "" };
}

function typing(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.closest("dialog[open]")) return true;
  const input = target.closest("input, textarea, select");
  return input !== null && !(input instanceof HTMLInputElement && input.type === "checkbox");
}

/** Listens while the part that asks is on the screen. */
export function useKeys(keys: Keys): void {
  const current = useRef(keys);
  current.current = keys;
  useEffect(() => {
    let begun = "";
    let since = 0;
    const press = (event: KeyboardEvent) => {
      const name = nameOf(event);
      const alone = !name.startsWith("Ctrl+");
      if (event.defaultPrevented || !name || (alone && (!keysOn.value || typing(event.target)))) return;
      const step = follow(current.current, name, event.timeStamp - since < PATIENCE_MS ? begun : "");
      begun = step.begun;
      since = event.timeStamp;
      if (!step.act) return;
      event.preventDefault();
      step.act();
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, []);
}
