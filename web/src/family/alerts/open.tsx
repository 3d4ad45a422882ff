// What is open now, the gravest first, and what to do about it.
import { ChevronRight, HeartHandshake, History, Phone, SlidersHorizontal, UsersRound } from "lucide-preact";
import { ago, moment, when } from "~/base/format";
import { useHomeId } from "~/base/homes";
import { said } from "~/base/words";
import { Answer } from "~/parts/answer";
import { Chip, Empty } from "~/parts/basics";
import { Menu } from "~/parts/menu";
import { Screen } from "~/parts/screen";
import { Actions } from "./actions";
import { type Alert, type Listed, useAlert, useMay, useOpenAlerts, usePeople } from "./read";
import { ToldBriefly, ToldNext } from "./told";
import { byWeight, isSnoozed, levelOf, TONES } from "./view";
import { w, word } from "./words";

export function Open() {
  const home = useHomeId();
  const open = useOpenAlerts(home);
  return (
    <Screen title={w().title}>
      <div class="stack wide">
        <Answer of={open}>{(alerts) => (alerts.length ? <Cards home={home} alerts={alerts} /> : <Calm />)}</Answer>
        <Elsewhere home={home} />
      </div>
    </Screen>
  );
}

function Calm() {
  return (
    <Empty mark={<HeartHandshake size={40} aria-hidden />}>
      <h2>{w().nothing}</h2>
      <p>{w().nothingMore}</p>
    </Empty>
  );
}

function Cards({ home, alerts }: { home: string; alerts: Listed[] }) {
  return (
    <ul class="stack" aria-live="polite">
      {byWeight(alerts, new Date()).map((alert, place) => (
        <li key={alert.alert}>
          <OpenCard home={home} listed={alert} first={place === 0} />
        </li>
      ))}
    </ul>
  );
}

function OpenCard({ home, listed, first }: { home: string; listed: Listed; first: boolean }) {
  const may = useMay(home);
  const whole = useAlert(home, listed.alert);
  const people = usePeople(home, may("people.list"));
  const alert: Alert = { ...listed, told: whole.data?.told ?? [] };
  return (
    <article class={`card alert stack ${TONES[levelOf(listed)]}`}>
      <div class="stack tight">
        <div class="row apart">
          <LevelChip level={levelOf(listed)} />
          <Since at={listed.opened_at} />
        </div>
        <h2>{said(listed.sentence)}</h2>
        <Standing alert={listed} />
      </div>
      <Actions home={home} alert={alert} me={people.data?.items.find((one) => one.you)} first={first} />
      {/* Below the buttons: what is read a moment later must not move them from under the thumb. */}
      {whole.data && (
        <div class="stack tight">
          <ToldBriefly alert={whole.data} people={people.data?.items} />
          <ToldNext alert={whole.data} people={people.data?.items} />
        </div>
      )}
      <a class="onward" href={`/homes/${home}/alerts/log/${listed.alert}`}>
        {w().seeStory}
        <ChevronRight size={18} aria-hidden />
      </a>
    </article>
  );
}

export function LevelChip({ level }: { level: ReturnType<typeof levelOf> }) {
  return <Chip tone={TONES[level]}>{word(level)}</Chip>;
}

export function Since({ at }: { at: string }) {
  const seconds = Math.max(0, (Date.now() - moment(at).getTime()) / 1000);
  return <span class="soft small number">{w().since(when(at), ago(seconds))}</span>;
}

/** Who has it in hand, and whether others wait. */
export function Standing({ alert }: { alert: Listed }) {
  const taken = alert.acknowledged_by ? said(alert.followed?.[0]) : "";
  return (
    <>
      <p class={taken ? "taken" : "soft"}>{taken || w().nobody}</p>
      {!taken && isSnoozed(alert, new Date()) && <p class="soft">{w().snoozed(when(alert.snoozed_until ?? ""))}</p>}
      {alert.in_maintenance && <p class="soft">{w().inMaintenance}</p>}
    </>
  );
}

function Elsewhere({ home }: { home: string }) {
  const at = (place: string) => `/homes/${home}/alerts/${place}`;
  return (
    <section class="stack tight">
      <h2 class="unseen">{w().elsewhere}</h2>
      <Menu
        of={[
          { href: at("log"), label: w().log, more: w().logMore, mark: History },
          { href: at("watches"), label: w().watches, more: w().watchesMore, mark: SlidersHorizontal },
          { href: at("telling"), label: w().telling, more: w().tellingMore, mark: UsersRound },
          { href: at("numbers"), label: w().numbers, more: w().numbersMore, mark: Phone },
        ]}
      />
    </section>
  );
}
