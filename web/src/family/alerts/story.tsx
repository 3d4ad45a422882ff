// One alert from its beginning to its end.
import { useRoute } from "preact-iso";
import { dayAndTime } from "~/base/format";
import { useHomeId } from "~/base/homes";
import { said } from "~/base/words";
import { Answer } from "~/parts/answer";
import { Card, Chip } from "~/parts/basics";
import { Screen } from "~/parts/screen";
import { Actions } from "./actions";
import { LevelChip, Standing } from "./open";
import { type Alert, type Person, type Told, useAlert, useMay, usePeople } from "./read";
import { ToldNext, toldLine } from "./told";
import { levelOf, type Moment, story } from "./view";
import { w, word } from "./words";

export function Story() {
  const home = useHomeId();
  const { params } = useRoute();
  const alert = useAlert(home, params.alert ?? "");
  const may = useMay(home);
  const people = usePeople(home, may("people.list")).data?.items;
  return (
    <Screen title={w().story} back={`/homes/${home}/alerts`}>
      <Answer of={alert}>
        {(one) => (
          <div class="stack wide">
            <div class="stack tight">
              <div class="row">
                <LevelChip level={levelOf(one)} />
                <Chip tone={one.closed_at ? "good" : undefined}>{one.closed_at ? w().isOver : w().isOpen}</Chip>
              </div>
              <h2>{said(one.sentence)}</h2>
              {!one.closed_at && <Standing alert={one} />}
              <ToldNext alert={one} people={people} />
            </div>
            {!one.closed_at && <Actions home={home} alert={one} me={people?.find((person) => person.you)} />}
            <Timeline alert={one} people={people} />
          </div>
        )}
      </Answer>
    </Screen>
  );
}

function Timeline({ alert, people }: { alert: Alert; people: Person[] | undefined }) {
  return (
    <Card>
      <ol class="timeline">
        {story(alert).map((moment) => (
          <li key={`${moment.kind} ${moment.at} ${moment.kind === "told" ? moment.told.person : ""}`}>
            <span class="soft small number">{dayAndTime(moment.at)}</span>
            <What moment={moment} people={people} />
          </li>
        ))}
      </ol>
    </Card>
  );
}

function What({ moment, people }: { moment: Moment; people: Person[] | undefined }) {
  if (moment.kind === "opened") return <span>{w().opened}</span>;
  if (moment.kind === "snoozed") return <span>{w().waitsUntil}</span>;
  if (moment.kind === "followed") return <span>{said(moment.line)}</span>;
  return (
    <span>
      {toldLine(moment.told, people)}
      <Ways told={moment.told} />
    </span>
  );
}

/** What did not arrive, channel by channel: what arrived is said already. */
function Ways({ told }: { told: Told }) {
  const lost = (told.reached ?? []).filter((one) => one.outcome !== "sent");
  if (!lost.length) return null;
  return (
    <ul class="soft small">
      {lost.map((one) => (
        <li key={`${one.channel} ${one.at}`}>
          {word(one.channel)}: {word(one.outcome)}
        </li>
      ))}
    </ul>
  );
}
