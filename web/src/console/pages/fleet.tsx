// The fleet: how many devices are well, and the list of those that are not.
import { api, data } from "~/api/client";
import { useQuery } from "~/api/queries";
import { type Model, modelName, useModels } from "~/base/devices";
import { dayAndTime, figure } from "~/base/format";
import { words } from "~/base/words";
import { Answer } from "~/parts/answer";
import { ButtonLink, Chip, type Tone } from "~/parts/basics";
import { contractHref } from "../parts/contract-cells";
import { type AskCsv, CsvButton } from "../parts/csv-button";
import { Filter, useFilter } from "../parts/filters";
import { Page } from "../parts/page";
import { usePages } from "../parts/pages";
import { type Column, DataTable } from "../parts/table";
import { spoken, w } from "../words";
import { fleetStates, levels } from "../words/desk";
import { deviceHref } from "./contract/devices";
import { DaySums } from "./day-sums";

const t = words(
  {
    level: "出ているお知らせ",
    firmware: "版",
    battery: "電池",
    signal: "電波",
    heard: "最後の受信",
    serial: "製造番号",
    none: "この条件の機器はありません。",
    never: "なし",
    releases: "ファームウェアの配布",
    all: (count: number) => `全${count}台`,
  },
  {
    level: "Open alerts",
    firmware: "Firmware",
    battery: "Battery",
    signal: "Signal",
    heard: "Last heard of",
    serial: "Serial number",
    none: "There is no such device.",
    never: "never",
    releases: "Firmware releases",
    all: (count: number) => (count === 1 ? "1 device" : `${count} devices`),
  },
);

const TONES: Record<string, Tone> = {
  online: "good",
  silent: "alarm",
  never_heard: "care",
  critical: "alarm",
  warning: "care",
};

type Fleet = { at: string; devices: number; states: Record<string, number>; low_battery: number; weak_signal: number };
type Seen = {
  device: string;
  contract: string;
  model: string;
  serial_number: string | null;
  state: string;
  low_battery: boolean;
  weak_signal: boolean;
  battery_percent: number | null;
  signal_dbm: number | null;
  firmware: string | null;
  worst_open_alert: string | null;
  open_alerts: number;
  last_received_at: string | null;
};

export function Fleet() {
  const [state, setState] = useFilter("state");
  const [level, setLevel] = useFilter("level");
  const [model, setModel] = useFilter("model");
  const fleet = useQuery({ queryKey: ["operator", "fleet"], queryFn: () => data(api.GET("/v1/operator/fleet")) });
  const known = useModels().data;
  const models = Object.keys((fleet.data as { models?: object } | undefined)?.models ?? {});
  const options = (set: Record<string, string>) => Object.entries(set).map(([value, label]) => ({ value, label }));
  return (
    <Page
      title={w().fleet}
      aside={
        <>
          <CsvButton name="fleet.csv" ask={asFile({ state, level, model })} />
          <ButtonLink small href="/console/firmware">
            {t().releases}
          </ButtonLink>
        </>
      }
    >
      <Answer of={fleet} lines={2}>
        {(now) => <Summary of={now as unknown as Fleet} />}
      </Answer>
      <div class="filters">
        <Filter label={w().state} value={state} onValue={setState} of={options(fleetStates())} />
        <Filter label={t().level} value={level} onValue={setLevel} of={options(levels())} />
        <Filter
          label={w().model}
          value={model}
          onValue={setModel}
          of={models.map((one) => ({ value: one, label: modelName(known, one) }))}
        />
      </div>
      <Devices narrowed={{ state, level, model }} />
      <DaySums />
    </Page>
  );
}

const asFile =
  (narrowed: Record<string, string>): AskCsv =>
  (page) => {
    const given = Object.fromEntries(Object.entries(narrowed).filter(([, value]) => value));
    return api.GET("/v1/operator/fleet/devices.csv", { params: { query: { ...page, ...given } as object }, parseAs: "blob" });
  };

function Summary({ of }: { of: Fleet }) {
  const counts: [string, number][] = [
    ...Object.entries(of.states),
    ["low_battery", of.low_battery],
    ["weak_signal", of.weak_signal],
  ];
  return (
    <div class="stack tight">
      <div class="counts small">
        {counts.map(([state, count]) => (
          <a key={state} class="card" href={`/console/fleet?state=${state}`}>
            <span class="soft">{spoken(fleetStates(), state)}</span>
            <span class="count-big number">{count}</span>
          </a>
        ))}
      </div>
      <p class="soft small">
        {t().all(of.devices)} · {dayAndTime(of.at)}
      </p>
    </div>
  );
}

function Devices({ narrowed }: { narrowed: Record<string, string> }) {
  const given = Object.fromEntries(Object.entries(narrowed).filter(([, value]) => value));
  const rows = usePages<Seen>(["operator", "fleet", "devices", given], (cursor) =>
    data(api.GET("/v1/operator/fleet/devices", { params: { query: { ...given, ...(cursor && { cursor }) } as object } })).then(
      (page) => page as never,
    ),
  );
  return (
    <DataTable
      label={w().fleet}
      rows={rows}
      columns={columns(useModels().data)}
      keyOf={(one) => one.device}
      href={(one) => deviceHref(one.device)}
      empty={<p>{t().none}</p>}
    />
  );
}

function columns(models: Model[] | undefined): Column<Seen>[] {
  return [
    { head: w().device, cell: (one) => one.device },
    { head: w().state, cell: (one) => <State of={one} /> },
    { head: w().model, cell: (one) => modelName(models, one.model), wraps: true },
    { head: t().heard, cell: (one) => (one.last_received_at ? dayAndTime(one.last_received_at) : t().never) },
    { head: t().level, cell: (one) => <Level of={one} /> },
    { head: t().battery, cell: (one) => measured(one.battery_percent, "%"), figure: true, wide: true },
    { head: t().signal, cell: (one) => measured(one.signal_dbm, "dBm"), figure: true, wide: true },
    { head: t().firmware, cell: (one) => one.firmware ?? "–", wide: true },
    { head: t().serial, cell: (one) => one.serial_number ?? "–", widest: true },
    { head: w().contract, cell: (one) => <a href={contractHref(one.contract)}>{one.contract}</a>, widest: true },
  ];
}

const measured = (value: number | null, unit: string) => (value === null ? "–" : figure(value, unit, 0));

function State({ of }: { of: Seen }) {
  const tone = TONES[of.state];
  return (
    <span class="row">
      <Chip {...(tone && { tone })}>{spoken(fleetStates(), of.state)}</Chip>
      {of.low_battery && <Chip tone="care">{fleetStates().low_battery}</Chip>}
      {of.weak_signal && <Chip tone="care">{fleetStates().weak_signal}</Chip>}
    </span>
  );
}

function Level({ of }: { of: Seen }) {
  if (!of.worst_open_alert) return <span class="soft">–</span>;
  const tone = TONES[of.worst_open_alert];
  return (
    <Chip {...(tone && { tone })}>
      {spoken(levels(), of.worst_open_alert)} {of.open_alerts}
    </Chip>
  );
}
