import { day } from "~/base/format";
import { useHomeId } from "~/base/homes";
import { said } from "~/base/words";
import { Answer } from "~/parts/answer";
import { Card, Empty } from "~/parts/basics";
import { Menu } from "~/parts/menu";
import { Screen } from "~/parts/screen";
import { type Step, useChoices } from "./asked";
import { stepKey } from "./step";
import { w } from "./words";

/** What can be asked for now; below it what cannot, with the reason and from when. */
export function Steps() {
  const home = useHomeId();
  const choices = useChoices(home);
  return (
    <Screen title={w().steps} back={`/homes/${home}/contract`}>
      <Answer of={choices}>
        {({ items }) => {
          const [now, later] = [items.filter((one) => one.possible), items.filter((one) => !one.possible)];
          return (
            <div class="stack wide">
              {now.length ? <Possible home={home} of={now} /> : <Empty>{w().stepsNone}</Empty>}
              {later.length > 0 && <NotNow of={later} />}
            </div>
          );
        }}
      </Answer>
    </Screen>
  );
}

function Possible({ home, of }: { home: string; of: Step[] }) {
  return (
    <Menu
      of={of.map((one) => ({
        href: `/homes/${home}/contract/do/${encodeURIComponent(stepKey(one))}`,
        label: said(one.label),
        more: said(one.effect) || said(one.does),
      }))}
    />
  );
}

function NotNow({ of }: { of: Step[] }) {
  return (
    <Card title={w().notNow}>
      <ul class="stack">
        {of.map((one) => (
          <li key={stepKey(one)}>
            <strong>{said(one.label)}</strong>
            <p class="soft">{said(one.refused)}</p>
            {one.possible_on && <p class="small">{w().possibleOn(day(one.possible_on))}</p>}
          </li>
        ))}
      </ul>
    </Card>
  );
}
