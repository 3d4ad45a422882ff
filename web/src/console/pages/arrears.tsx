// The ladder of arrears: who is late, on which rung, what the terms allow next. Several at once go to the bulk desk.
import { api, data, type Schemas } from "~/api/client";
import { shortDay, yen } from "~/base/format";
import { words } from "~/base/words";
import { ButtonLink, Chip, type Tone } from "~/parts/basics";
import { useToday, waited } from "../days";
import { actHref, contractHref } from "../parts/contract-cells";
import { type AskCsv, CsvButton } from "../parts/csv-button";
import { Filter, useFilter } from "../parts/filters";
import { Page } from "../parts/page";
import { usePages } from "../parts/pages";
import { useSelection } from "../parts/selection";
import { type Column, DataTable } from "../parts/table";
import { ToBulk } from "../parts/to-bulk";
import { useServiceChoices, useServiceNames } from "../services";
import { spoken, w } from "../words";
import { commandName } from "../words/commands";
import { rungs } from "../words/desk";

const TONES: Record<string, Tone> = { overdue: "care", demanded: "info", run_out: "alarm", suspended: "alarm" };

const t = words(
  {
    lead: "いちばん長く遅れている方から。次にできることは、規約がその日に許すことだけです。",
    rung: "段階",
    owed: "超過額",
    late: "遅れ",
    bills: "請求",
    next: "次にできること",
    billDue: (on: string, sum: string) => `${on}期限 ${sum}`,
    from: (on: string) => `${on}から`,
    nothing: "規約では、まだありません",
    none: "未払いの契約はありません。",
    by: (on: string) => `${on}まで`,
  },
  {
    lead: "Who has been late longest first. The next step is what the terms allow on its day.",
    rung: "Rung",
    owed: "Overdue",
    late: "Late for",
    bills: "Bills",
    next: "What may be done next",
    billDue: (on: string, sum: string) => `${sum}, due ${on}`,
    from: (on: string) => `from ${on}`,
    nothing: "Nothing yet, by the terms",
    none: "Nobody is in arrears.",
    by: (on: string) => `until ${on}`,
  },
);

type Late = Schemas["InArrears"];
type Rung = Late["rung"];

export function Arrears() {
  const [service, setService] = useFilter("service");
  const [rung, setRung] = useFilter("rung");
  const rows = usePages<Late>(["operator", "arrears", service, rung], (cursor) =>
    data(
      api.GET("/v1/operator/arrears", {
        params: { query: { ...(service && { service }), ...(rung && { rung: rung as Rung }), ...(cursor && { cursor }) } },
      }),
    ),
  );
  const selection = useSelection();
  const chosen = (rows.data ?? [])
    .filter((one) => selection.has(one.contract))
    .map((one) => ({ id: one.contract, name: one.name || one.contract, service: one.service }));
  const choices = Object.entries(rungs()).map(([value, label]) => ({ value, label }));
  return (
    <Page
      title={w().arrears}
      lead={t().lead}
      aside={
        <>
          <ToBulk selection={selection} contracts={chosen} />
          <CsvButton name="arrears.csv" ask={asFile(service, rung)} />
        </>
      }
    >
      <div class="filters">
        <Filter label={w().service} value={service} onValue={setService} of={useServiceChoices()} />
        <Filter label={t().rung} value={rung} onValue={setRung} of={choices} />
      </div>
      <DataTable
        label={w().arrears}
        rows={rows}
        columns={useColumns()}
        keyOf={(one) => one.contract}
        href={(one) => contractHref(one.contract, "bills")}
        selection={selection}
        empty={<p>{t().none}</p>}
      />
    </Page>
  );
}

const asFile =
  (service: string, rung: string): AskCsv =>
  (page) =>
    api.GET("/v1/operator/arrears.csv", {
      params: { query: { ...page, ...(service && { service }), ...(rung && { rung: rung as Rung }) } },
      parseAs: "blob",
    });

function useColumns(): Column<Late>[] {
  const today = useToday();
  const service = useServiceNames();
  return [
    { head: w().name, cell: (one) => one.name || w().noName, wraps: true },
    { head: t().rung, cell: (one) => <Rung of={one} /> },
    { head: t().owed, cell: (one) => yen(one.overdue), figure: true },
    { head: t().late, cell: (one) => waited(one.since, today) },
    { head: t().next, cell: (one) => <Steps of={one} /> },
    { head: t().bills, cell: (one) => <Bills of={one} />, wide: true },
    { head: w().service, cell: (one) => service(one.service), wraps: true, wide: true },
  ];
}

function Rung({ of }: { of: Late }) {
  const tone = TONES[of.rung];
  return (
    <span class="row">
      <Chip {...(tone && { tone })}>{spoken(rungs(), of.rung)}</Chip>
      {of.demand && <span class="small soft">{t().by(shortDay(of.demand.deadline))}</span>}
    </span>
  );
}

function Bills({ of }: { of: Late }) {
  return (
    <ul class="small">
      {of.bills.map((bill) => (
        <li key={bill.key}>{t().billDue(shortDay(bill.due_on), yen(bill.unpaid))}</li>
      ))}
    </ul>
  );
}

/** What may be done now is a button that leads to its form, filled in; what may be done later says when. */
function Steps({ of }: { of: Late }) {
  if (!of.steps.length) return <span class="soft small">{t().nothing}</span>;
  return (
    <ul class="stack tight">
      {of.steps.map((step) => (
        <li key={`${step.command} ${step.on}`} class="row" title={step.rule?.id}>
          {step.now ? (
            <ButtonLink small href={actHref(of.contract, step.command, step.body)}>
              {commandName(step.command)}
            </ButtonLink>
          ) : (
            <span class="soft small">
              {commandName(step.command)} {t().from(shortDay(step.on))}
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}
