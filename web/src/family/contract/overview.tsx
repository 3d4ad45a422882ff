import { BellRing, CalendarDays, Contact, Package, PencilLine, ReceiptText, UsersRound } from "lucide-preact";
import { day, yen } from "~/base/format";
import { type Home, mayIn, useHomeId, useHomeName, useHomes } from "~/base/homes";
import { said } from "~/base/words";
import { Answer } from "~/parts/answer";
import { Banner, Card, Chip, Facts } from "~/parts/basics";
import { type Entry, Menu } from "~/parts/menu";
import { Screen } from "~/parts/screen";
import { type Contract, useCalendar, useContract } from "./asked";
import { Moments } from "./moments";
import { Naming } from "./naming";
import { Together } from "./together";
import { ahead, toneOf } from "./view";
import { stateWords, w } from "./words";

const NEXT = 3;

/** The contract at a glance: what it is, how it stands, what comes next, and where to change something. */
export function Overview() {
  const id = useHomeId();
  const homes = useHomes();
  const home = homes.data?.find((one) => one.id === id);
  if (!homes.data)
    return (
      <Screen title={w().title}>
        <Answer of={homes}>{() => null}</Answer>
      </Screen>
    );
  return home && !mayIn(home, "contracts.view") ? <Guest home={home} /> : <Whole home={id} />;
}

/** For who may not look at the contract, such as who only pays: what else of it is open to them. */
function Guest({ home }: { home: Home }) {
  const name = useHomeName();
  const pays = mayIn(home, "invoices.list");
  return (
    <Screen title={w().title}>
      <div class="stack">
        <h2>{name(home)}</h2>
        <p>{pays ? w().onlyBills : w().onlyOthers}</p>
        <Menu of={placesIn(home.id, (action) => mayIn(home, action), w().myConsents)} />
        <Others home={home.id} />
      </div>
    </Screen>
  );
}

function Whole({ home }: { home: string }) {
  const contract = useContract(home);
  return (
    <Screen title={w().title}>
      <Answer of={contract} lines={8}>
        {(data) => (
          <div class="stack wide">
            <About contract={data} />
            <Next home={home} contract={data} />
            <Places home={home} contract={data} />
            <Together contract={data} />
            <Others home={home} but={[data.parent, ...(data.children ?? [])]} />
          </div>
        )}
      </Answer>
    </Screen>
  );
}

function About({ contract }: { contract: Contract }) {
  const { labels } = contract;
  const next = contract.payment?.next;
  const label = String(contract.label ?? "");
  return (
    <Card
      title={label || said(labels?.service)}
      aside={contract.may?.includes("contracts.label") && <Naming home={contract.id} label={label} />}
    >
      <div>
        <Chip tone={toneOf(contract.state)}>{stateWords(contract.state)}</Chip>
      </div>
      {!!contract.overdue && (
        <Banner tone="alarm" title={w().overdue(yen(contract.overdue))}>
          <a href={`/homes/${contract.id}/bills`}>{w().howToPay}</a>
        </Banner>
      )}
      {labels?.refusal_reasons.map((reason, place) => (
        <p key={contract.refusal_reasons?.[place]}>{said(reason)}</p>
      ))}
      <Facts
        of={[
          [w().service, label && said(labels?.service)],
          [w().plan, said(labels?.plan)],
          ...options(contract),
          [w().allowance, contract.data_allowance_gb ? `${contract.data_allowance_gb} GB` : null],
          [w().formedOn, contract.formed_on && day(contract.formed_on)],
          [w().shipsOn, !contract.service_starts_on && contract.ships_on ? day(contract.ships_on) : null],
          [w().visitOn, !contract.service_starts_on && contract.visit_on ? day(contract.visit_on) : null],
          [w().installedOn, contract.installed_on && day(contract.installed_on)],
          [w().gridOn, contract.grid_connected_on && day(contract.grid_connected_on)],
          [w().startsOn, contract.service_starts_on && day(contract.service_starts_on)],
          [w().billedFrom, contract.billing_starts_on && day(contract.billing_starts_on)],
          [w().endsOn, contract.ends_on && day(contract.ends_on)],
          [w().paidBy, said(contract.payment?.label)],
          [w().paidByNext, next && w().from(said(next.label), day(next.usable_from))],
          [w().unpaid, contract.unpaid && !contract.overdue ? yen(contract.unpaid) : null],
          [w().toComeBack, contract.to_come_back ? yen(contract.to_come_back) : null],
        ]}
      />
    </Card>
  );
}

function options(contract: Contract): [string, string][] {
  return (contract.options ?? [])
    .filter((one) => one.state !== "ended")
    .map((one) => {
      const label = w().optionOf(said(contract.labels?.options[one.option]), one.quantity ?? 1);
      if (one.ends_on) return [w().option, w().optionUntil(label, day(one.ends_on))];
      if (one.state !== "active" && one.starts_on) return [w().option, w().from(label, day(one.starts_on))];
      return [w().option, label];
    });
}

function Next({ home, contract }: { home: string; contract: Contract }) {
  const calendar = useCalendar(home);
  if (!contract.may?.includes("contracts.calendar")) return null;
  return (
    <Card title={w().next}>
      <Answer of={calendar}>
        {({ items }) => {
          const next = ahead(items).slice(0, NEXT);
          return next.length ? <Moments of={next} /> : <p>{w().nothingNext}</p>;
        }}
      </Answer>
      <a href={`/homes/${home}/contract/calendar`}>{w().all}</a>
    </Card>
  );
}

function Places({ home, contract }: { home: string; contract: Contract }) {
  return <Menu of={placesIn(home, (action) => contract.may?.includes(action) ?? true, w().consents)} />;
}

/** Where to go from the contract; `people`: what the screen of its people is called. */
function placesIn(home: string, may: (action: string) => boolean, people: string): Entry[] {
  const at = `/homes/${home}`;
  const places: (Entry & { needs: string })[] = [
    { href: `${at}/contract/do`, label: w().steps, more: w().stepsMore, mark: PencilLine, needs: "contracts.choices" },
    { href: `${at}/bills`, label: w().bills, mark: ReceiptText, needs: "invoices.list" },
    { href: `${at}/contract/details`, label: w().details, mark: Contact, needs: "contracts.change" },
    { href: `${at}/contract/equipment`, label: w().equipment, mark: Package, needs: "contracts.view" },
    { href: `${at}/people`, label: people, mark: UsersRound, needs: "consents.list" },
    { href: `${at}/contract/notices`, label: w().notices, mark: BellRing, needs: "notices.list" },
    { href: `${at}/contract/calendar`, label: w().calendar, mark: CalendarDays, needs: "contracts.calendar" },
  ];
  return places.filter((place) => may(place.needs));
}

function Others({ home, but = [] }: { home: string; but?: (string | null | undefined)[] }) {
  const homes = useHomes();
  const name = useHomeName();
  const others = (homes.data ?? []).filter((one) => one.id !== home && !but.includes(one.id));
  if (!others.length) return null;
  return (
    <section class="stack">
      <h2>{w().others}</h2>
      <Menu
        of={others.map((one) => ({
          href: `/homes/${one.id}/contract`,
          label: name(one),
          more: stateWords(one.state),
        }))}
      />
    </section>
  );
}
