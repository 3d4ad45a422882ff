// The frame of a page of the console: its heading, what stands beside it, its whole width.
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { w } from "../words";

type Props = { title: string; lead?: ComponentChildren; aside?: ComponentChildren; children: ComponentChildren };

export function Page({ title, lead, aside, children }: Props) {
  useEffect(() => {
    document.title = `${title} · ${w().console}`;
  }, [title]);
  return (
    <div class="stack">
      <div class="row apart">
        <div class="stack tight">
          <h1>{title}</h1>
          {lead && <p class="soft">{lead}</p>}
        </div>
        {aside && <div class="row">{aside}</div>}
      </div>
      {children}
    </div>
  );
}
