// One subject: a card a device, with its pictures. Sleep has a look of its own.

import { type DeviceNow, type Subject, subjectOf } from "~/base/now";
import { said } from "~/base/words";
import type { Plot } from "~/charts/plot";
import { Answer } from "~/parts/answer";
import { Card } from "~/parts/basics";
import { csv, type History, type Near, nearDays, useHistory, useWatches } from "./asked";
import { Export } from "./export";
import { PlotView } from "./plot-view";
import { plotsOf, type Span } from "./plots";
import { Sleep } from "./sleep";
import { comeUntil, daysOf, monthAfter, spanOf } from "./when";
import { w } from "./words";

export type Looking = { home: string; span: Span; today: string; to: (span: Span) => string };
type Props = Looking & { subject: Subject; devices: DeviceNow[] };

export function OneSubject({ subject, devices, ...looking }: Props) {
  return (
    <>
      {devices.map((device) =>
        subject === "sleep" ? (
          <Sleep key={device.device} device={device} {...looking} />
        ) : (
          <OneDevice key={device.device} subject={subject} device={device} {...looking} />
        ),
      )}
    </>
  );
}

export const nameOf = (device: DeviceNow) => device.label || said(device.name);

/** From when to when, and what is near. */
export function rangeOf(span: Span): { from: string; to: string; near: Near } {
  if ("day" in span) return { from: span.day, to: span.day, near: nearDays(span.day) };
  const [from, to] = spanOf(span.month);
  return { from, to, near: [spanOf(monthAfter(span.month, -1)), spanOf(monthAfter(span.month, 1))] };
}

function OneDevice({ home, span, today, to, subject, device }: Looking & { subject: Subject; device: DeviceNow }) {
  const range = rangeOf(span);
  const history = useHistory(home, device.device, "day" in span ? "quarter" : "day", range.from, range.to, today, range.near);
  const watches = useWatches(home, device.device);
  return (
    <Card title={nameOf(device)}>
      <Answer of={history} lines={6}>
        {(found) => {
          const order = device.values.filter((value) => subjectOf(value) === subject).map((value) => value.metric);
          const { first, others } = plotsOf(subject, found, watches.data?.items ?? [], span, order, comeUntil(today));
          return (
            <>
              {first.length === 0 && <p class="soft">{range.from > today ? w().future : w().nothing}</p>}
              <Plots of={first} {...{ span, to }} />
              {others.length > 0 && (
                <details class="others">
                  <summary>{w().others}</summary>
                  <Plots of={others} {...{ span, to }} />
                </details>
              )}
              <Kept history={found} plots={first} />
              <Export read={() => csv(home, device.device, range.from, range.to, "day" in span)} name={range.from} />
            </>
          );
        }}
      </Answer>
    </Card>
  );
}

function Plots({ of, span, to }: { of: Plot[]; span: Span; to: (span: Span) => string }) {
  const days = "month" in span ? daysOf(span.month) : undefined;
  return (
    <>
      {of.map((plot) => (
        <PlotView key={plot.id} plot={plot} {...(days && { hrefOf: (place: number) => to({ day: days[place] ?? "" }) })} />
      ))}
    </>
  );
}

const YEAR = 365;

/** How long days are kept, where it is known. */
function Kept({ history, plots }: { history: History; plots: Plot[] }) {
  const days = plots.map((plot) => history.metrics[plot.id]?.kept_days).find((kept) => kept !== undefined);
  const kept = days ?? Object.values(history.metrics)[0]?.kept_days;
  if (!kept) return null;
  return <p class="soft small">{w().kept(kept >= YEAR ? w().keptYears(Math.round(kept / YEAR)) : w().keptDays(kept))}</p>;
}
