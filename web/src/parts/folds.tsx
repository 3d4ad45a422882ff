// Rows that open, one below the other: each says what it is about, the rest waits behind it.
import { ChevronDown } from "lucide-preact";
import type { ComponentChildren } from "preact";

export type Fold = { key: string; title: string; children: ComponentChildren };

export function Folds({ of }: { of: Fold[] }) {
  if (!of.length) return null;
  return (
    <ul class="list">
      {of.map(({ key, title, children }) => (
        <li key={key}>
          <details class="fold">
            <summary>
              <span>{title}</span>
              <ChevronDown size={20} aria-hidden />
            </summary>
            <div class="stack tight">{children}</div>
          </details>
        </li>
      ))}
    </ul>
  );
}
