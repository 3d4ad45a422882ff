// Moments of a contract's life, as lists.
import { day, yen } from "~/base/format";
import { said } from "~/base/words";
import { dated } from "~/parts/dated";
import type { Moment } from "./asked";
import { w } from "./words";

export function Moments({ of }: { of: Moment[] }) {
  return (
    <ol class="moments">
      {of.map((moment, place) => (
        <li key={`${moment.on} ${place}`} class={moment.happened ? "happened" : ""}>
          <span class="soft small number">{day(moment.on)}</span>
          <span>{dated(said(moment))}</span>
          <Costs of={moment} />
        </li>
      ))}
    </ol>
  );
}

function Costs({ of }: { of: Moment }) {
  if (!of.lines?.length) return null;
  return (
    <details class="small">
      <summary>{w().costs}</summary>
      <ul>
        {of.lines.map((line, place) => (
          <li key={`${line.item} ${place}`} class="row apart">
            <span>{said(line.label)}</span>
            <span class="number">{yen(line.amount)}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}
