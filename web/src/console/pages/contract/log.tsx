// The audit log of a contract: what happened, when, by whose role, under which rules. Facts as they were written.
import { api, data, type Schemas } from "~/api/client";
import { dayAndTime } from "~/base/format";
import { words } from "~/base/words";
import { usePages } from "../../parts/pages";
import { DataTable } from "../../parts/table";
import { plainly, spoken, w } from "../../words";
import { actors } from "./life";

const t = words(
  {
    title: "記録",
    code: "出来事のコード",
    at: "いつ",
    by: "だれが",
    facts: "書かれたこと",
    none: "まだ何も記録されていません。",
    version: "版",
  },
  {
    title: "Log",
    code: "Code of the event",
    at: "When",
    by: "By",
    facts: "As written",
    none: "Nothing is written yet.",
    version: "Version",
  },
);

type Line = Schemas["Event"] & { version?: number; facts?: Record<string, unknown>; cites?: string[] };

export function Log({ id }: { id: string }) {
  const rows = usePages<Line>(["contract", id, "log"], (cursor) =>
    data(api.GET("/v1/contracts/{contract}/events", { params: { path: { contract: id }, query: cursor ? { cursor } : {} } })),
  );
  return (
    <DataTable
      label={t().title}
      rows={rows}
      keyOf={(line) => `${line.at} ${line.kind} ${line.version} ${JSON.stringify(line.facts ?? {})}`}
      columns={[
        { head: t().at, cell: (line) => dayAndTime(line.at) },
        { head: t().code, cell: (line) => <code>{line.kind}</code> },
        { head: t().by, cell: (line) => spoken(actors(), line.by) },
        { head: w().rule, cell: (line) => <span class="small soft">{line.cites?.join(" ")}</span>, wide: true },
        { head: t().facts, cell: (line) => <code class="small">{factsOf(line)}</code>, wraps: true, wide: true },
      ]}
      empty={<p>{t().none}</p>}
    />
  );
}

const factsOf = (line: Line) =>
  Object.entries(line.facts ?? {})
    .map(([name, value]) => `${plainly(name)}: ${typeof value === "object" ? JSON.stringify(value) : value}`)
    .join(" · ");
