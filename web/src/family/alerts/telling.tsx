// Who is told: the people in their order, the steps in words, and this device.
import { UserPlus, UsersRound } from "lucide-preact";
import { duration } from "~/base/format";
import { useHomeId } from "~/base/homes";
import { language } from "~/base/words";
import { Answer } from "~/parts/answer";
import { ButtonLink, Card, Chip, Empty } from "~/parts/basics";
import { Menu } from "~/parts/menu";
import { Screen } from "~/parts/screen";
import { Here } from "./here";
import { calledOf, nameOf, type People, type Person, useMay, usePeople } from "./read";
import { isReady, ordered, type Step } from "./telling-view";
import { w } from "./telling-words";

export function Telling() {
  const home = useHomeId();
  const people = usePeople(home);
  return (
    <Screen title={w().title} back={`/homes/${home}/alerts`}>
      <Answer of={people}>{(all) => <Everybody home={home} all={all} />}</Answer>
    </Screen>
  );
}

function Everybody({ home, all }: { home: string; all: People }) {
  const may = useMay(home);
  const me = all.items.find((one) => one.you);
  const at = (place: string) => `/homes/${home}/alerts/telling/${place}`;
  const add = may("people.add") && (
    <ButtonLink kind={all.items.length ? "plain" : "main"} href={at("add")}>
      <UserPlus size={20} aria-hidden /> {w().add}
    </ButtonLink>
  );
  if (!all.items.length)
    return (
      <Empty mark={<UsersRound size={40} aria-hidden />}>
        <h2>{w().noPeople}</h2>
        <p>{w().noPeopleMore}</p>
        {add}
      </Empty>
    );
  return (
    <div class="stack wide">
      <section class="stack">
        <p>{w().lead}</p>
        <Menu
          of={all.items.map((one, place) => ({
            href: at(String(place + 1)),
            label: <Name one={one} />,
            more: <How one={one} />,
          }))}
        />
        {add}
      </section>
      <Steps home={home} all={all} />
      {me && may("people.subscribe") && <Here home={home} me={me} />}
    </div>
  );
}

function Name({ one }: { one: Person }) {
  return (
    <span class="row">
      {nameOf([one], one.person)} {one.you && <Chip>{w().you}</Chip>}
    </span>
  );
}

/** How somebody is told, as one line. */
function How({ one }: { one: Person }) {
  const ways = ordered(one).filter((channel) => one.channels.includes(channel) && isReady(one, channel));
  const quiet = one.quiet as [string, string] | null | undefined;
  const parts = [
    ways.length ? ways.map((channel) => w()[channel]).join(language.value === "ja" ? "、" : ", ") : w().noWays,
    quiet && w().quietHours(...quiet),
    one.digest && w().digestAt(one.digest),
  ];
  return <>{parts.filter(Boolean).join(" · ")}</>;
}

function Steps({ home, all }: { home: string; all: People }) {
  const may = useMay(home);
  const steps = all.steps as Step[];
  return (
    <Card title={w().steps}>
      {steps.length ? (
        <ol class="timeline">
          {steps.map((step) => (
            <li key={`${step.after_minutes} ${step.to.join()}`}>
              <span class="soft small">{step.after_minutes ? w().after(duration(step.after_minutes)) : w().atOnce}</span>
              <span>{(step.ask ? w().asks : w().toWhom)(step.to.map((one) => calledOf(all.items, one)).join(w().and))}</span>
            </li>
          ))}
        </ol>
      ) : (
        <p>{w().noSteps}</p>
      )}
      <p class="soft small">{w().stepsMore}</p>
      {may("people.escalation") && <ButtonLink href={`/homes/${home}/alerts/telling/steps`}>{w().turnSteps}</ButtonLink>}
    </Card>
  );
}
