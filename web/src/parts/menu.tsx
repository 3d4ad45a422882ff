// Rows that lead somewhere, and a few views of the same thing.
import { ChevronRight, type LucideIcon } from "lucide-preact";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { dated } from "./dated";

export type Entry = {
  href: string;
  label: ComponentChildren;
  more?: ComponentChildren;
  mark?: LucideIcon;
};

export function Menu({ of }: { of: Entry[] }) {
  return (
    <ul class="menu">
      {of.map(({ href, label, more, mark: Mark }) => (
        <li key={href}>
          <a class="entry" href={href}>
            {Mark ? <Mark size={22} aria-hidden /> : <span />}
            <span>{label}</span>
            {more && <span class="more">{dated(more)}</span>}
            <ChevronRight size={20} aria-hidden />
          </a>
        </li>
      ))}
    </ul>
  );
}

type View = { value: string; label: string };

/** Chooses one view; the address bar should know which (pass links) where it is worth coming back to. */
export function Tabs({
  of,
  value,
  onValue,
  label,
}: {
  of: View[];
  value: string;
  onValue: (value: string) => void;
  label: string;
}) {
  const row = useRef<HTMLDivElement>(null);
  // Whenever another one is chosen, it has to be in sight.
  useEffect(() => {
    row.current?.querySelector('[aria-pressed="true"]')?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [value]);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a row of buttons, no fieldset of a form
    <div ref={row} class="tabs" role="group" aria-label={label}>
      {of.map((one) => (
        <button type="button" key={one.value} aria-pressed={one.value === value} onClick={() => onValue(one.value)}>
          {one.label}
        </button>
      ))}
    </div>
  );
}
