// What needs somebody today: figures that lead to their lists, and the longest waiting first.
import type { ComponentChildren } from "preact";
import { api, data } from "~/api/client";
import { useQuery } from "~/api/queries";
import { shortDay } from "~/base/format";
import { words } from "~/base/words";
import { Card, Chip, type Tone } from "~/parts/basics";
import { useToday, waited } from "../days";
import { Page } from "../parts/page";
import { type Column, DataTable } from "../parts/table";
import { type Group, grouped, taskWords, useTasks } from "../tasks";
import { w } from "../words";

const t = words(
  {
    lead: "今日、人の手が必要なこと",
    waiting: "待っていること",
    parked: "夜間処理で保留",
    late: "未払いの契約",
    silent: "応答のない機器",
    aside: "読めなかった電文",
    alerts: "至急のお知らせが出ている機器",
    oldest: "いちばん古い",
    count: "件数",
    none: "待っていることはありません。よい一日を。",
    more: (count: number) => `${count}件以上`,
    from: (count: number) => `${count}契約から集めました。`,
    longer: "続きは一覧で読めます。",
  },
  {
    lead: "What needs somebody today",
    waiting: "What waits",
    parked: "Put aside by a night",
    late: "Contracts in arrears",
    silent: "Silent devices",
    aside: "Unreadable messages",
    alerts: "Devices with an urgent alert",
    oldest: "Oldest",
    count: "How many",
    none: "Nothing waits. Have a good day.",
    more: (count: number) => `${count} or more`,
    from: (count: number) => (count === 1 ? "Gathered from 1 contract." : `Gathered from ${count} contracts.`),
    longer: "The list has the rest.",
  },
);

export function Start() {
  const tasks = useTasks();
  const today = useToday();
  const groups = tasks.data && grouped(tasks.data, today);
  const looked = tasks.pages?.reduce((sum, page) => sum + (page.looked_at ?? 0), 0) ?? 0;
  return (
    <Page title={w().start} lead={`${t().lead} · ${shortDay(today)}`}>
      <Figures />
      <Card
        title={t().waiting}
        aside={tasks.data && <span class="soft small">{`${t().from(looked)}${tasks.more ? t().longer : ""}`}</span>}
      >
        <DataTable
          label={t().waiting}
          rows={{ ...tasks, data: groups, more: undefined }}
          columns={useColumns(today)}
          keyOf={(group) => group.kind}
          href={(group) => `/console/work?kind=${encodeURIComponent(group.kind)}`}
          empty={<p>{t().none}</p>}
        />
      </Card>
    </Page>
  );
}

function useColumns(today: string): Column<Group>[] {
  return [
    { head: w().what, cell: (group) => taskWords(group.example), wraps: true },
    { head: t().count, cell: (group) => group.count, figure: true },
    { head: t().oldest, cell: (group) => waited(group.oldest, today) },
    { head: w().due, cell: (group) => (group.late ? <Chip tone="alarm">{w().late(group.late)}</Chip> : "–") },
  ];
}

/** The figures beside the tasks: each is one request, and leads to its list. */
function Figures() {
  const parked = useQuery({ queryKey: ["operator", "parked", "count"], queryFn: () => data(api.GET("/v1/operator/parked")) });
  const fleet = useQuery({ queryKey: ["operator", "fleet"], queryFn: () => data(api.GET("/v1/operator/fleet")) });
  const aside = useQuery({
    queryKey: ["operator", "aside", "count"],
    queryFn: () => data(api.GET("/v1/operator/set-aside", { params: { query: { state: "waiting" } } })),
  });
  const late = useQuery({ queryKey: ["operator", "arrears", "count"], queryFn: () => data(api.GET("/v1/operator/arrears")) });
  const states = fleet.data?.states as Record<string, number> | undefined;
  const alerts = fleet.data?.devices_with_open_alerts as Record<string, number> | undefined;
  return (
    <div class="counts">
      <Figure href="/console/nights" label={t().parked} of={sized(parked.data)} wrong={parked.error} />
      <Figure href="/console/arrears" label={t().late} of={sized(late.data)} wrong={late.error} tone="care" />
      <Figure href="/console/fleet?state=silent" label={t().silent} of={states?.silent} wrong={fleet.error} />
      <Figure href="/console/fleet?level=critical" label={t().alerts} of={alerts?.critical} wrong={fleet.error} />
      <Figure href="/console/set-aside" label={t().aside} of={sized(aside.data)} wrong={aside.error} tone="care" />
    </div>
  );
}

/** A first page's count; a number in words where there is more. */
function sized(page: { items: unknown[]; next?: string } | undefined): number | string | undefined {
  return page && (page.next ? t().more(page.items.length) : page.items.length);
}

type FigureProps = { href: string; label: string; of: ComponentChildren; wrong: unknown; tone?: Tone };

function Figure({ href, label, of, wrong, tone = "alarm" }: FigureProps) {
  const none = of === 0;
  return (
    <a class="card" href={href}>
      <span class="soft">{label}</span>
      <span class="count-big number">{wrong ? "?" : (of ?? "…")}</span>
      {!none && of !== undefined && !wrong ? <Chip tone={tone}>{w().open}</Chip> : <span />}
    </a>
  );
}
