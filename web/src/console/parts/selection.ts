// Which rows are picked for something done to many at once.
import { useState } from "preact/hooks";

export type Selection = {
  has: (key: string) => boolean;
  toggle: (key: string) => void;
  set: (keys: string[]) => void;
  clear: () => void;
  keys: string[];
};

/** At most so many, as the API takes. */
export function useSelection(most = 50): Selection {
  const [keys, setKeys] = useState<string[]>([]);
  const toggle = (key: string) =>
    setKeys((now) => (now.includes(key) ? now.filter((one) => one !== key) : [...now, key].slice(0, most)));
  return {
    keys,
    has: (key) => keys.includes(key),
    toggle,
    set: (wanted) => setKeys(wanted.slice(0, most)),
    clear: () => setKeys([]),
  };
}
