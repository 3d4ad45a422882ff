// Work lists: applications that wait for a decision, and everything else that waits for a person.
import type { ComponentChildren } from "preact";
import { api } from "~/api/client";
import { shortDay } from "~/base/format";
import { words } from "~/base/words";
import { Chip } from "~/parts/basics";
import { daysBetween, useToday, waited } from "../days";
import { contractHref } from "../parts/contract-cells";
import { type AskCsv, CsvButton } from "../parts/csv-button";
import { Filter, useFilter } from "../parts/filters";
import { Page } from "../parts/page";
import { useSelection } from "../parts/selection";
import { type Column, DataTable } from "../parts/table";
import { TaskCommands } from "../parts/task-commands";
import { ToBulk } from "../parts/to-bulk";
import { useServiceChoices, useServiceNames } from "../services";
import { grouped, inOrder, type Task, taskKey, taskWords, useTasks } from "../tasks";
import { w } from "../words";

const t = words(
  {
    none: "待っているものはありません。",
    noneMore: "ここまでの契約には、待っているものはありません。続きを読むと、ほかの契約も調べます。",
    waitsFor: "待ち",
    about: "対象",
    carryOn: "すすめる手続き",
    leadApplications: "お申し込みを確認し、承諾するか断るかを決めます。",
    leadWork: "訪問、発送、回収、お支払いの手続きなど、人の手を待っているものです。",
  },
  {
    none: "Nothing waits.",
    noneMore: "Nothing waits in the contracts read so far. Read on to look at more of them.",
    waitsFor: "Waits",
    about: "About",
    carryOn: "Carries it on",
    leadApplications: "Look at each application, then accept or refuse it.",
    leadWork: "Visits, parcels, returns, payments: what waits for a person.",
  },
);

function useColumns(): Column<Task>[] {
  const today = useToday();
  const service = useServiceNames();
  return [
    { head: w().what, cell: taskWords, wraps: true },
    { head: w().name, cell: (task) => task.name || w().noName, wraps: true },
    { head: t().waitsFor, cell: (task) => waited(task.since, today) },
    { head: w().due, cell: (task) => <Due of={task} today={today} /> },
    { head: w().service, cell: (task) => service(task.service), wraps: true, wide: true },
    { head: t().about, cell: (task) => task.about || "–", widest: true },
    { head: t().carryOn, cell: (task) => <TaskCommands of={task} />, wraps: true, wide: true },
  ];
}

function Due({ of, today }: { of: Task; today: string }) {
  if (!of.due) return <span class="soft">–</span>;
  const late = daysBetween(of.due, today);
  return late > 0 ? <Chip tone="alarm">{w().late(late)}</Chip> : <span>{shortDay(of.due)}</span>;
}

export function Applications() {
  const [service, setService] = useFilter("service");
  return (
    <Page title={w().applications} lead={t().leadApplications}>
      <TaskTable label={w().applications} narrowed={{ service, state: "applied" }}>
        <Filter label={w().service} value={service} onValue={setService} of={useServiceChoices()} />
      </TaskTable>
    </Page>
  );
}

export function Work() {
  const [service, setService] = useFilter("service");
  const [kind, setKind] = useFilter("kind");
  const today = useToday();
  const all = useTasks({ service });
  const kinds = grouped(all.data ?? [], today).map((group) => ({
    value: group.kind,
    label: `${taskWords(group.example)} (${group.count})`,
  }));
  return (
    <Page title={w().work} lead={t().leadWork}>
      <TaskTable label={w().work} narrowed={{ service, kind }}>
        <Filter label={w().service} value={service} onValue={setService} of={useServiceChoices()} />
        <Filter label={w().kind} value={kind} onValue={setKind} of={kinds} />
      </TaskTable>
    </Page>
  );
}

type Narrowed = { service?: string; state?: string; kind?: string };

const asFile =
  (narrowed: Narrowed): AskCsv =>
  (page) => {
    const given = Object.fromEntries(Object.entries(narrowed).filter(([, value]) => value));
    return api.GET("/v1/operator/tasks.csv", { params: { query: { ...page, ...given } as object }, parseAs: "blob" });
  };

type TableProps = { label: string; narrowed: Narrowed; children: ComponentChildren };

/** The list under what it is narrowed by, and what can be done with the rows beside that. */
function TaskTable({ label, narrowed, children }: TableProps) {
  const tasks = useTasks(narrowed);
  const columns = useColumns();
  const selection = useSelection();
  const chosen = (tasks.data ?? [])
    .filter((task) => selection.has(taskKey(task)))
    .map((task) => ({ id: task.contract, name: task.name || task.contract, service: task.service }));
  return (
    <div class="stack">
      <div class="filters">
        {children}
        <div class="row acts">
          <ToBulk selection={selection} contracts={chosen} />
          <CsvButton name="tasks.csv" ask={asFile(narrowed)} />
        </div>
      </div>
      <DataTable
        label={label}
        selection={selection}
        rows={{ ...tasks, data: tasks.data && inOrder(tasks.data) }}
        columns={columns}
        keyOf={taskKey}
        href={(task) => contractHref(task.contract)}
        empty={<p>{tasks.more ? t().noneMore : t().none}</p>}
      />
    </div>
  );
}
