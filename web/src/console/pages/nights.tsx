// How the last nights went, and the contracts that a night put aside: why, and how to try again.
import { api, data, key, type Schemas } from "~/api/client";
import { useChange, useQuery } from "~/api/queries";
import { dayAfter, dayAndTime, shortDay } from "~/base/format";
import { said, words } from "~/base/words";
import { Button, ButtonLink, Card, Chip } from "~/parts/basics";
import { Trouble } from "~/parts/form";
import { tell } from "~/parts/toast";
import { useToday } from "../days";
import { contractHref } from "../parts/contract-cells";
import { Page } from "../parts/page";
import { usePages } from "../parts/pages";
import { type Selection, useSelection } from "../parts/selection";
import { type Column, DataTable } from "../parts/table";
import { plainly, w } from "../words";
import { serviceCommandName } from "../words/commands";

const NIGHTS = 14;

const t = words(
  {
    lead: "毎晩、期日の来た契約を処理します。できなかったものは保留になり、原因を直してもう一度試せます。",
    last: "この2週間",
    parked: "保留の契約",
    none: "保留の契約はありません。夜間の処理はすべて済んでいます。",
    due: "対象",
    done: "済み",
    aside: "保留",
    left: "残り",
    well: "すべて済み",
    notRun: "対象なし",
    retry: "もう一度試す",
    passed: (count: number) => `${count}件の処理が済みました。`,
    stays: (count: number) => `${count}件はまだできません。理由をご覧ください。`,
    since: "いつの夜から",
    tried: "最後の試み",
    cure: "直し方",
    more: "くわしく",
  },
  {
    lead: "Every night handles the contracts that are due. What it could not do is put aside, can be mended and tried again.",
    last: "The last two weeks",
    parked: "Put aside",
    none: "Nothing is put aside. The nights have done all their work.",
    due: "Due",
    done: "Done",
    aside: "Aside",
    left: "Left",
    well: "All done",
    notRun: "Nothing due",
    retry: "Try again",
    passed: (count: number) => (count === 1 ? "1 is done." : `${count} are done.`),
    stays: (count: number) => `${count} still cannot be done: look at the reason.`,
    since: "Since the night of",
    tried: "Last tried",
    cure: "How to mend it",
    more: "Details",
  },
);

type Night = Schemas["Night"] & { left?: number; runs?: number };
type Parked = Schemas["Parked"] & { id: string };

export function Nights() {
  return (
    <Page title={w().nights} lead={t().lead}>
      <ParkedCard />
      <LastNights />
    </Page>
  );
}

function LastNights() {
  const today = useToday();
  const asked = useQuery({
    queryKey: ["operator", "nights", today],
    queryFn: async () => {
      const query = { from: dayAfter(today, 1 - NIGHTS), to: today };
      const nights = (await data(api.GET("/v1/operator/nights", { params: { query } }))).items as Night[];
      return nights.toSorted((one, other) => other.day.localeCompare(one.day));
    },
  });
  const columns: Column<Night>[] = [
    { head: w().day, cell: (night) => shortDay(night.day) },
    { head: w().state, cell: (night) => <How of={night} /> },
    { head: t().due, cell: (night) => night.due, figure: true },
    { head: t().done, cell: (night) => night.done, figure: true },
    { head: t().aside, cell: (night) => night.parked, figure: true },
    { head: t().left, cell: (night) => night.left ?? 0, figure: true },
  ];
  return (
    <Card title={t().last}>
      <DataTable label={t().last} rows={asked} columns={columns} keyOf={(night) => night.day} empty="" />
    </Card>
  );
}

function How({ of }: { of: Night }) {
  if (of.parked) return <Chip tone="alarm">{t().aside}</Chip>;
  if (of.left) return <Chip tone="care">{t().left}</Chip>;
  return of.due ? <Chip tone="good">{t().well}</Chip> : <Chip>{t().notRun}</Chip>;
}

export const parkedKey = ["operator", "parked"];

function ParkedCard() {
  const rows = usePages<Parked>([...parkedKey, "list"], (cursor) =>
    data(api.GET("/v1/operator/parked", { params: { query: cursor ? { cursor } : {} } })).then((page) => page as never),
  );
  const selection = useSelection();
  const columns: Column<Parked>[] = [
    { head: w().name, cell: (one) => one.name || one.contract, wraps: true },
    { head: w().reason, cell: (one) => <Why of={one} />, wraps: true },
    { head: t().cure, cell: (one) => <Cure of={one} />, wraps: true },
    { head: t().since, cell: (one) => (one.since ? shortDay(one.since) : "") },
    { head: t().tried, cell: (one) => (one.at ? dayAndTime(one.at) : ""), wide: true },
    { head: w().contract, cell: (one) => <code class="soft small">{one.contract}</code>, widest: true },
  ];
  return (
    <Card title={t().parked} aside={<Retry selection={selection} />}>
      <DataTable
        label={t().parked}
        rows={rows}
        columns={columns}
        keyOf={(one) => one.id}
        href={(one) => contractHref(one.contract, "act")}
        selection={selection}
        empty={<p>{t().none}</p>}
      />
    </Card>
  );
}

/** Why, in words; the rule small below, and what the machine said for whoever asks. */
function Why({ of }: { of: Parked }) {
  return (
    <>
      {said(of.told) || plainly(of.reason)}
      {of.rule && <div class="soft small">{of.rule.id}</div>}
      {of.detail && (
        <details class="small">
          <summary>{t().more}</summary>
          {of.detail}
        </details>
      )}
    </>
  );
}

/** What helps, and the way there, filled in as far as it is known. */
function Cure({ of }: { of: Parked }) {
  return (
    <div class="stack tight">
      {said(of.cure)}
      {of.commands?.map((address) => {
        const command = address.split("/").at(-1) ?? "";
        const filled = { service: of.service ?? "", command, ...(of.missing && { "with.prices.0.key": of.missing.key }) };
        return (
          <ButtonLink key={address} small href={`/console/announcements?${new URLSearchParams(filled)}`}>
            {serviceCommandName(command)}
          </ButtonLink>
        );
      })}
    </div>
  );
}

function Retry({ selection }: { selection: Selection }) {
  const retry = useChange<string[], Schemas["Parked"][]>({
    send: (ids, once) =>
      Promise.all(
        ids.map((parked) =>
          data(
            api.POST("/v1/operator/parked/{parked}/retry", {
              params: { path: { parked }, header: key(`${once}-${parked}`) } as never,
            }),
          ),
        ),
      ),
    touches: [["operator"], ["contract"]],
    done: (tried) => {
      const passed = tried.filter((one) => one.passed).length;
      const stays = tried.length - passed;
      tell([passed ? t().passed(passed) : "", stays ? t().stays(stays) : ""].filter(Boolean).join(" "));
      selection.clear();
    },
  });
  if (!selection.keys.length) return null;
  return (
    <div class="row">
      <Trouble of={retry.error} />
      <span class="soft">{w().picked(selection.keys.length)}</span>
      <Button kind="main" small busy={retry.isPending} onClick={() => retry.mutate(selection.keys)}>
        {t().retry}
      </Button>
    </div>
  );
}
