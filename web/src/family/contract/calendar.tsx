import { useState } from "preact/hooks";
import { common } from "~/base/common";
import { day } from "~/base/format";
import { useHomeId } from "~/base/homes";
import { Answer } from "~/parts/answer";
import { Banner, Button } from "~/parts/basics";
import { dated } from "~/parts/dated";
import { Screen } from "~/parts/screen";
import { type Moment, useCalendar } from "./asked";
import { Moments } from "./moments";
import { ahead, behind } from "./view";
import { w } from "./words";

const SOON = 8;
const costs = (of: Moment[]) => of.some((one) => "total" in one.figures || "amount" in one.figures);

/** All that comes, the nearest first, and all that was, the latest first. */
export function CalendarScreen() {
  const home = useHomeId();
  const calendar = useCalendar(home);
  return (
    <Screen title={w().calendar} back={`/homes/${home}/contract`}>
      <Answer of={calendar} lines={10}>
        {({ items, until, complete }) => (
          <div class="stack wide">
            <section class="stack">
              <h2>{w().ahead}</h2>
              <Ahead of={ahead(items)} until={until} complete={complete} />
            </section>
            <section class="stack">
              <h2>{w().past}</h2>
              <Moments of={behind(items)} />
            </section>
          </div>
        )}
      </Answer>
    </Screen>
  );
}

/** A year of bills is long: first what is near. */
function Ahead({ of, until, complete }: { of: Moment[]; until: string; complete: boolean }) {
  const [all, setAll] = useState(false);
  if (!of.length) return <p>{w().nothingNext}</p>;
  if (!all && of.length > SOON)
    return (
      <>
        <Moments of={of.slice(0, SOON)} />
        <Button onClick={() => setAll(true)}>{common().more}</Button>
      </>
    );
  return (
    <>
      <Moments of={of} />
      {complete ? (
        <p class="soft small">{dated((costs(of) ? w().until : w().untilFree)(day(until)))}</p>
      ) : (
        <Banner>{w().incomplete}</Banner>
      )}
    </>
  );
}
