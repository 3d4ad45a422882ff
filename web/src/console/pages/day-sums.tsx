// What all systems of a service came to together, day by day: the figures that stay when accounts go.
import { api, data } from "~/api/client";
import { day, figure } from "~/base/format";
import { said, words } from "~/base/words";
import { Card } from "~/parts/basics";
import { usePages } from "../parts/pages";
import { type Column, DataTable } from "../parts/table";
import { useServices } from "../services";

const t = words(
  {
    title: (service: string) => `1日の発電量の合計(${service})`,
    lead: (systems: number, days: number) =>
      `${systems}台以上がそろった日だけ、${days}日後にまとめます。1台ごとの値や、お客さまがわかるものは残しません。`,
    day: "日",
    systems: "システム",
    together: "合計",
    each: "1台あたり",
    none: "まとめられた日は、まだありません。",
  },
  {
    title: (service: string) => `Yield of a day, all together (${service})`,
    lead: (systems: number, days: number) =>
      `Only days with ${systems} systems or more, summed up ${days} days later. Nothing of a single one, or of a customer, is kept.`,
    day: "Day",
    systems: "Systems",
    together: "Together",
    each: "Of each",
    none: "No day has been summed up yet.",
  },
);

const ask = (service: string) => data(api.GET("/v1/operator/services/{service}/statistics", { params: { path: { service } } }));
type Sums = Awaited<ReturnType<typeof ask>>;
type Line = Sums["items"][number];

export function DaySums() {
  const kept = useServices().filter((one) => one.statistics);
  return (
    <>
      {kept.map((one) => (
        <OfService key={one.service} service={one.service} name={said(one.title)} />
      ))}
    </>
  );
}

function OfService({ service, name }: { service: string; name: string }) {
  const rows = usePages<Line, Sums>(["operator", "service", service, "statistics"], () => ask(service));
  const [first] = rows.pages ?? [];
  return (
    <Card title={t().title(name)}>
      {first && <p class="soft small">{t().lead(first.systems_min, first.settled_days)}</p>}
      <DataTable
        label={t().title(name)}
        rows={{ ...rows, data: rows.data?.toReversed() }}
        keyOf={(one) => one.day}
        columns={columns()}
        empty={<p>{t().none}</p>}
      />
    </Card>
  );
}

function columns(): Column<Line>[] {
  return [
    { head: t().day, cell: (one) => day(one.day) },
    { head: t().systems, cell: (one) => figure(one.systems), figure: true },
    { head: t().together, cell: (one) => figure(one.wh / 1000, "kWh"), figure: true },
    { head: t().each, cell: (one) => figure(one.wh / 1000 / one.systems, "kWh"), figure: true },
  ];
}
