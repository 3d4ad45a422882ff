// The contracts that were picked for something done to many at once. In memory only: no address tells whom it is about.
import { signal } from "@preact/signals";

export const MOST = 50; // as many as the API takes at once

export type Picked = { id: string; name: string; service: string };

export const picked = signal<Picked[]>([]);

/** Each contract once, at most as many as the API takes. */
export function pick(contracts: Picked[]): void {
  const once = new Map(contracts.map((one) => [one.id, one]));
  picked.value = [...once.values()].slice(0, MOST);
}
