// Contracts of a service and a state, or all of them.
import { api, data } from "~/api/client";
import { words } from "~/base/words";
import { Button, Chip } from "~/parts/basics";
import { contractHref, dayOr, type Listed, nameOf, Owed, StateChip } from "../parts/contract-cells";
import { type AskCsv, CsvButton } from "../parts/csv-button";
import { Filter, useFilter } from "../parts/filters";
import { Page } from "../parts/page";
import { usePages } from "../parts/pages";
import { useSelection } from "../parts/selection";
import { type Column, DataTable } from "../parts/table";
import { ToBulk } from "../parts/to-bulk";
import { useServiceChoices, useServiceNames } from "../services";
import { w } from "../words";
import { states } from "../words/desk";

const t = words(
  {
    applied: "申し込み",
    ends: "終了",
    next: "次の処理",
    owed: "未収",
    waits: "対応待ち",
    parked: "夜間処理で保留",
    none: "この条件の契約はありません。しぼり込みをゆるめるか、「/」でさがしてください。",
    clear: "しぼり込みをやめる",
  },
  {
    applied: "Applied",
    ends: "Ends",
    next: "Next night",
    owed: "Owed",
    waits: "Waiting",
    parked: "Put aside by a night",
    none: "There is no such contract. Filter less, or press / to search.",
    clear: "No filter",
  },
);

type State = keyof ReturnType<typeof states>;

export function useContracts(service: string, state: string) {
  return usePages<Listed>(["operator", "contracts", service, state], (cursor) =>
    data(
      api.GET("/v1/operator/contracts", {
        params: { query: { ...(service && { service }), ...(state && { state: state as State }), ...(cursor && { cursor }) } },
      }),
    ),
  );
}

const asFile =
  (service: string, state: string): AskCsv =>
  (page) =>
    api.GET("/v1/operator/contracts.csv", {
      params: { query: { ...page, ...(service && { service }), ...(state && { state: state as State }) } },
      parseAs: "blob",
    });

export function useContractColumns(): Column<Listed>[] {
  const service = useServiceNames();
  return [
    { head: w().name, cell: nameOf, wraps: true },
    { head: w().state, cell: (one) => <StateChip state={one.state} /> },
    { head: w().service, cell: (one) => service(one.service), wraps: true },
    { head: t().waits, cell: (one) => <Waits of={one} /> },
    { head: t().owed, cell: (one) => <Owed of={one} />, figure: true },
    { head: t().applied, cell: (one) => dayOr(one.applied_on), widest: true },
    { head: t().next, cell: (one) => dayOr(one.next_on), wide: true },
    { head: t().ends, cell: (one) => dayOr(one.ends_on), wide: true },
    { head: w().contract, cell: (one) => <code class="soft small">{one.id}</code>, widest: true },
  ];
}

function Waits({ of }: { of: Listed }) {
  return (
    <>
      {of.parked && <Chip tone="alarm">{t().parked}</Chip>}
      {of.tasks > 0 && <Chip tone="care">{of.tasks}</Chip>}
    </>
  );
}

export function Contracts() {
  const [service, setService] = useFilter("service");
  const [state, setState] = useFilter("state");
  const rows = useContracts(service, state);
  const columns = useContractColumns();
  const services = useServiceChoices();
  const selection = useSelection();
  const chosen = (rows.data ?? [])
    .filter((one) => selection.has(one.id))
    .map((one) => ({ id: one.id, name: one.name || one.id, service: one.service }));
  const choices = Object.entries(states()).map(([value, label]) => ({ value, label }));
  return (
    <Page
      title={w().contracts}
      aside={
        <>
          <ToBulk selection={selection} contracts={chosen} />
          <CsvButton name="contracts.csv" ask={asFile(service, state)} />
        </>
      }
    >
      <div class="filters">
        <Filter label={w().service} value={service} onValue={setService} of={services} />
        <Filter label={w().state} value={state} onValue={setState} of={choices} />
      </div>
      <DataTable
        label={w().contracts}
        rows={rows}
        columns={columns}
        keyOf={(one) => one.id}
        href={(one) => contractHref(one.id)}
        selection={selection}
        empty={
          <>
            <p>{t().none}</p>
            {service && <Button onClick={() => setService("")}>{t().clear}</Button>}
          </>
        }
      />
    </Page>
  );
}
