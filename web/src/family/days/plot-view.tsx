// One picture with its title, its sentence, its legend, and the same as a table for whoever asks.

import { useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { Chart } from "~/charts/chart";
import { isDrawn, isEmpty, type Plot } from "~/charts/plot";
import { w } from "./words";

type Props = { plot: Plot; hrefOf?: (place: number) => string };

export function PlotView({ plot, hrefOf }: Props) {
  const { route } = useLocation();
  return (
    <section class="stack tight plot" aria-label={plot.title}>
      <h3>{plot.title}</h3>
      <p>{plot.summary}</p>
      {!isEmpty(plot) && (
        <>
          {isDrawn(plot) && (
            <Chart plot={plot} {...(hrefOf && plot.kind !== "points" && { onPick: (place: number) => route(hrefOf(place)) })} />
          )}
          {isDrawn(plot) && plot.series.length > 1 && (
            <ul class="legend" aria-hidden>
              {plot.series.map((one) => (
                <li key={one.label} class={`colour-${one.colour}`}>
                  <span class="mark" />
                  {one.label}
                </li>
              ))}
            </ul>
          )}
          <Numbers plot={plot} {...(hrefOf && plot.kind !== "points" && { hrefOf })} />
        </>
      )}
    </section>
  );
}

function Numbers({ plot, hrefOf }: Props) {
  const [open, setOpen] = useState(false);
  return (
    <details class="numbers" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{w().numbers}</summary>
      {open && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: who has only keys scrolls it with them
        <section class="table" tabIndex={0} aria-label={plot.title}>
          <table>
            <thead>
              <tr>
                {plot.columns.map((name) => (
                  <th key={name} scope="col">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {plot.rows.map((row, place) => (
                <tr key={place}>
                  <th scope="row">{hrefOf ? <a href={hrefOf(place)}>{row.name}</a> : row.name}</th>
                  {row.cells.map((cell, column) => (
                    <td key={column} class="number">
                      {cell}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </details>
  );
}
