// What holds on a day, and why: of a contract, or of a service.

import { useState } from "preact/hooks";
import { api, data, type Schemas } from "~/api/client";
import { useQuery } from "~/api/queries";
import { day, figure, yen } from "~/base/format";
import { said, words } from "~/base/words";
import { Chip, Empty, Facts } from "~/parts/basics";
import { SelectField, TextField } from "~/parts/fields";
import { useToday } from "../days";
import { useFilter } from "../parts/filters";
import { Page } from "../parts/page";
import { type Column, DataTable } from "../parts/table";
import { useServiceChoices } from "../services";
import { plainly, spoken, w } from "../words";

const t = words(
  {
    lead: "その日にどの数字が、なぜ効いているか。",
    on: "いつの時点で",
    find: "項目をさがす",
    key: "項目",
    value: "値",
    from: "いつから",
    why: "なぜ",
    next: "次の変更",
    edition: "規約の版",
    madeOn: "契約した日",
    madeUnder: "契約したときの版",
    choose: "サービスを選んでください。",
    none: "この日に効いている数字はありません。",
    was: (value: string) => `契約時 ${value}`,
    per: (unit: string) => `/${unit}`,
    included: "税込",
    excluded: "税別",
  },
  {
    lead: "Which figures hold on a day, and why.",
    on: "On the day",
    find: "Find a figure",
    key: "Figure",
    value: "Value",
    from: "From",
    why: "Why",
    next: "Next change",
    edition: "Edition of the terms",
    madeOn: "Contract made on",
    madeUnder: "Made under the edition",
    choose: "Choose a service.",
    none: "No figure holds on that day.",
    was: (value: string) => `${value} when made`,
    per: (unit: string) => ` per ${unit}`,
    included: "incl. tax",
    excluded: "excl. tax",
  },
);

const units = words(
  {
    months: "か月",
    days: "日",
    times: "回",
    years: "年",
    hours: "時間",
    minutes: "分",
    percent: "%",
    pieces: "個",
    business_days: "営業日",
    "percent a year": "% (年)",
    "day of the month": "日(毎月)",
    "months of the year": "月",
    "last day": "日(最終日)",
    month: "月",
    time: "回",
    contract: "契約",
    "30 seconds": "30秒",
    "month and remote": "月・リモコン1台",
  },
  {
    months: "months",
    days: "days",
    times: "times",
    years: "years",
    hours: "hours",
    minutes: "minutes",
    percent: "%",
    pieces: "pieces",
    business_days: "business days",
    "percent a year": "% a year",
    "day of the month": "(day of the month)",
    "months of the year": "(months of the year)",
    "last day": "(last day)",
    month: "month",
    time: "time",
    contract: "contract",
    "30 seconds": "30 seconds",
    "month and remote": "month and remote",
  },
);

const whys = words(
  { signed: "契約時のまま", revised: "改定が全員に及ぶ", in_force: "効力中" },
  { signed: "As signed", revised: "Revised for all", in_force: "In force" },
);

type Terms = Schemas["Terms"];
type Figure = Terms["items"][number];

export function Terms() {
  const [service, setService] = useFilter("service");
  const choices = useServiceChoices();
  return (
    <Page title={w().terms} lead={t().lead}>
      <div class="filters">
        <SelectField
          label={w().service}
          value={service}
          onValue={setService}
          options={[{ value: "", label: "–" }, ...choices]}
        />
      </div>
      {service ? <TermsOf service={service} /> : <Empty>{t().choose}</Empty>}
    </Page>
  );
}

function useTerms({ contract = "", service = "" }: Whose, on: string) {
  const query = on ? { on } : {};
  return useQuery<Terms>({
    queryKey: contract ? ["contract", contract, "terms", on] : ["operator", "terms", service, on],
    queryFn: () =>
      contract
        ? data(api.GET("/v1/operator/contracts/{contract}/terms", { params: { path: { contract }, query } }))
        : data(api.GET("/v1/operator/services/{service}/terms", { params: { path: { service }, query } })),
    placeholderData: (before) => before,
  });
}

type Whose = { contract?: string; service?: string };

export function TermsOf(whose: Whose) {
  const [on, setOn] = useFilter("on");
  const [text, setText] = useState("");
  const today = useToday();
  const asked = useTerms(whose, on);
  const small = text.toLowerCase();
  const found = asked.data?.items.filter((one) => searched(one).includes(small));
  return (
    <div class="stack">
      <div class="filters">
        <TextField label={t().on} type="date" value={on || today} onValue={setOn} />
        <TextField label={t().find} type="search" value={text} onValue={setText} />
      </div>
      {asked.data && (
        <div class="edition">
          <Facts
            of={[
              [t().edition, editionName(asked.data.edition)],
              [t().madeOn, asked.data.made_on ? day(asked.data.made_on) : ""],
              [t().madeUnder, editionName(asked.data.made_under ?? "")],
            ]}
          />
        </div>
      )}
      <DataTable
        label={w().terms}
        rows={{ ...asked, data: found }}
        columns={columns()}
        keyOf={(one) => one.key}
        empty={t().none}
      />
    </div>
  );
}

/** An edition is called by its version, or by the day since which it holds. */
const editionName = (edition: string) => (/^\d{4}-\d{2}-\d{2}$/.test(edition) ? day(edition) : edition);

const searched = (one: Figure) =>
  `${one.key} ${plainly(one.key)} ${one.text.ja} ${one.text.en} ${one.rule?.id ?? ""}`.toLowerCase();

function columns(): Column<Figure>[] {
  return [
    { head: t().key, cell: (one) => <Key of={one} />, wraps: true, roomy: true },
    { head: t().value, cell: (one) => <Value of={one} />, figure: true },
    { head: t().from, cell: (one) => day(one.from) },
    { head: t().why, cell: (one) => <Why of={one} />, wraps: true },
    { head: t().next, cell: (one) => (one.next ? said(one.next.text) : "–"), wraps: true, wide: true },
    { head: w().rule, cell: (one) => <span class="soft small">{one.rule?.id}</span>, wide: true },
  ];
}

function Value({ of }: { of: Figure }) {
  return (
    <>
      {shown(of.value, of.unit)}
      {of.per ? t().per(spoken(units(), of.per)) : ""}
      {of.tax === "included" || of.tax === "excluded" ? <span class="soft small"> {t()[of.tax]}</span> : null}
      {of.when_made !== undefined && of.when_made !== null ? (
        <div class="soft small">{t().was(shown(of.when_made, of.unit))}</div>
      ) : null}
    </>
  );
}

/** A value of the terms: a number with its unit, a list with commas, a text as it is. */
export function shown(value: unknown, unit: string): string {
  if (typeof value === "number") return unit === "yen" ? yen(value) : figure(value, unit && spoken(units(), unit), 4);
  if (Array.isArray(value)) return value.map((one) => shown(one, unit)).join(", ");
  if (typeof value === "boolean") return value ? "✓" : "–";
  if (value && typeof value === "object")
    return Object.entries(value)
      .map(([name, one]) => `${plainly(name)}: ${shown(one, unit)}`)
      .join(", ");
  return String(value ?? "–");
}

function Why({ of }: { of: Figure }) {
  return (
    <>
      <Chip {...(of.why === "revised" && { tone: "info" as const })}>{spoken(whys(), of.why)}</Chip>{" "}
      <span class="small">{said(of.text)}</span>
      {of.pinned.map((one) => (
        <div class="small" key={`${one.item} ${one.on}`}>
          {said(one.text)}
        </div>
      ))}
    </>
  );
}

/** What the figure is for, as the rule says it; its name in the terms file small above. */
function Key({ of }: { of: Figure }) {
  return (
    <>
      <code class="soft small">{of.key}</code>
      <div>{said(of.rule) || plainly(of.key)}</div>
    </>
  );
}
