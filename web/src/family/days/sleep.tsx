// The night: when to bed, asleep, awake and up, hour by hour from noon to noon; of a month each night's length.
import { dayAfter } from "~/base/format";
import type { DeviceNow } from "~/base/now";
import { Answer } from "~/parts/answer";
import { Card, Facts } from "~/parts/basics";
import { csv, type Night, useHistory, useNights, useStates } from "./asked";
import { Export } from "./export";
import { nightFacts, nightStrip, nightSummary, nightsPlot } from "./night";
import { PlotView } from "./plot-view";
import { type Looking, nameOf, rangeOf } from "./subject";
import { comeUntil, daysOf } from "./when";
import { w } from "./words";

export function Sleep({ home, span, today, to, device }: Looking & { device: DeviceNow }) {
  const range = rangeOf(span);
  const nights = useNights(home, device.device, range.from, range.to, today, range.near);
  return (
    <Card title={nameOf(device)}>
      <Answer of={nights} lines={6}>
        {(found) => {
          const items = found.items as unknown as Night[];
          const days = "month" in span ? daysOf(span.month) : [];
          return (
            <>
              {"day" in span ? (
                <OneNight {...{ home, device, today }} day={span.day} night={items[0]} />
              ) : (
                <PlotView plot={nightsPlot(items, span.month)} hrefOf={(place) => to({ day: days[place] ?? "" })} />
              )}
              <Export read={() => csv(home, device.device, range.from, range.to, "day" in span)} name={range.from} />
            </>
          );
        }}
      </Answer>
    </Card>
  );
}

type NightProps = { home: string; device: DeviceNow; today: string; day: string; night: Night | undefined };

function OneNight({ home, device, today, day, night }: NightProps) {
  const states = useStates(device.model);
  // Two days, since a night lies in both.
  const before = dayAfter(day, -1);
  const history = useHistory(home, device.device, "quarter", before, day, today, [
    [dayAfter(before, -1), before],
    [day, dayAfter(day, 1)],
  ]);
  if (!night) return <p class="soft">{day > today ? w().future : w().noNight}</p>;
  return (
    <>
      <p class="lead">{nightSummary(night, today)}</p>
      {history.data && states && <PlotView plot={nightStrip(history.data, states, day, comeUntil(today))} />}
      <Facts of={nightFacts(night)} />
      <p class="soft small">{w().noDiagnosis}</p>
    </>
  );
}
