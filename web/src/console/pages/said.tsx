// What was said about a service so far: its own log, the newest first.
import { api, data, type Schemas } from "~/api/client";
import { day } from "~/base/format";
import { words } from "~/base/words";
import { Card } from "~/parts/basics";
import { instantIn, useToday } from "../days";
import { usePages } from "../parts/pages";
import { DataTable } from "../parts/table";
import { plainly, w } from "../words";
import { serviceCommandName } from "../words/commands";
import { fieldName } from "../words/fields";

const t = words(
  {
    title: "これまでに決めたこと・知らせたこと",
    at: "いつ",
    facts: "くわしく",
    effective: "効力の日",
    none: "まだ何もありません。",
  },
  { title: "Set and announced so far", at: "When", facts: "What was said", effective: "Effective", none: "Nothing yet." },
);

type Line = Schemas["Event"] & { command?: string; facts?: Record<string, unknown> };

export function Said({ service }: { service: string }) {
  const today = useToday();
  const rows = usePages<Line>(["operator", "service", service, "log"], (cursor) =>
    data(
      api.GET("/v1/operator/services/{service}/log", {
        params: { path: { service }, query: (cursor ? { cursor } : {}) as object },
      }),
    ),
  );
  return (
    <Card title={t().title}>
      <DataTable
        label={t().title}
        rows={{ ...rows, data: rows.data?.toReversed() }}
        keyOf={(one) => `${one.at} ${one.kind} ${one.command}`}
        columns={[
          { head: w().what, cell: (one) => serviceCommandName(one.kind), wraps: true },
          { head: t().at, cell: (one) => instantIn(one.at, today) },
          { head: t().effective, cell: (one) => effective(one) },
          { head: t().facts, cell: (one) => <span class="small">{factsOf(one)}</span>, wraps: true },
        ]}
        empty={<p>{t().none}</p>}
      />
    </Card>
  );
}

function effective(line: Line): string {
  const on = line.facts?.effective_on;
  return typeof on === "string" ? day(on) : "–";
}

function factsOf(line: Line): string {
  return Object.entries(line.facts ?? {})
    .filter(([name]) => name !== "effective_on")
    .map(([name, value]) => `${fieldName(name)}: ${told(value)}`)
    .join(" · ");
}

/** A value as it was said: the parts of a price list name by name. */
function told(value: unknown): string {
  if (value && typeof value === "object")
    return Object.entries(value)
      .map(([name, one]) => (Array.isArray(value) ? told(one) : `${plainly(name)} ${told(one)}`))
      .join(", ");
  return String(value);
}
