// The audit log of a contract: what happened, when, by whose role, under which rules. As it was written stands behind the words.
import { api, data, type Schemas } from "~/api/client";
import { dayAndTime } from "~/base/format";
import { said, words } from "~/base/words";
import { usePages } from "../../parts/pages";
import { DataTable } from "../../parts/table";
import { plainly, spoken, w } from "../../words";
import { fieldName } from "../../words/fields";
import { actors } from "./life";

const t = words(
  {
    title: "記録",
    at: "いつ",
    by: "だれが",
    written: "くわしく",
    looks: "事務のだれが見たか・手続きしたか",
    none: "まだ何も記録されていません。",
  },
  {
    title: "Log",
    at: "When",
    by: "By",
    written: "Details",
    looks: "Who of the office looked at it or acted on it",
    none: "Nothing is written yet.",
  },
);

type Line = Schemas["Logged"];

export function Log({ id }: { id: string }) {
  const rows = usePages<Line>(["contract", id, "log"], (cursor) =>
    data(api.GET("/v1/contracts/{contract}/events", { params: { path: { contract: id }, query: cursor ? { cursor } : {} } })),
  );
  return (
    <div class="stack">
      <p>
        <a href={`/console/audit?contract=${encodeURIComponent(id)}`}>{t().looks}</a>
      </p>
      <DataTable
        label={t().title}
        rows={rows}
        keyOf={(line) => `${line.at} ${line.kind} ${line.version} ${JSON.stringify(line.facts)}`}
        columns={[
          { head: t().at, cell: (line) => dayAndTime(line.at) },
          { head: w().what, cell: (line) => said(line.text) || plainly(line.kind), wraps: true },
          { head: t().by, cell: (line) => spoken(actors(), line.by) },
          { head: w().rule, cell: (line) => <span class="small soft">{line.cites.join(" ")}</span>, wide: true },
          { head: t().written, cell: (line) => <Written of={line} />, wraps: true, wide: true },
        ]}
        empty={<p>{t().none}</p>}
      />
    </div>
  );
}

/** The code and the facts, for whoever wants to know exactly. */
function Written({ of }: { of: Line }) {
  return (
    <details class="small">
      <summary>{t().written}</summary>
      <code>{of.kind}</code> {factsOf(of)}
    </details>
  );
}

const factsOf = (line: Line) =>
  Object.entries(line.facts)
    .map(([name, value]) => `${fieldName(name)}: ${value && typeof value === "object" ? JSON.stringify(value) : value}`)
    .join(" · ");
