// What became of a file, line by line: what was taken in, what was known, what is wrong and how to mend it.
import { api, data, type Schemas } from "~/api/client";
import { useQuery } from "~/api/queries";
import { language, words } from "~/base/words";
import { Banner, Card, Chip, type Tone } from "~/parts/basics";
import { contractHref } from "../parts/contract-cells";
import { type Column, DataTable } from "../parts/table";
import { plainly, spoken, w } from "../words";
import { fieldName } from "../words/fields";

const t = words(
  {
    trial: "試しの結果(何も保存していません)",
    real: "取り込みの結果",
    waiting: (count: number) => `残り${count}行を取り込んでいます。この表はひとりでに新しくなります。`,
    line: "行",
    outcome: "結果",
    key: "番号",
    told: "理由と直し方",
    field: "項目",
    none: "行がありません。",
    counts: (lines: number, done: number, known: number, bad: number) =>
      `全${lines}行: 取り込み ${done}、既知 ${known}、直すもの ${bad}`,
  },
  {
    trial: "What a trial says (nothing is stored)",
    real: "What became of the file",
    waiting: (count: number) => `${count} lines are still on their way. This table renews itself.`,
    line: "Line",
    outcome: "Outcome",
    key: "Number",
    told: "Reason and cure",
    field: "Field",
    none: "There are no lines.",
    counts: (lines: number, done: number, known: number, bad: number) =>
      `${lines} lines: ${done} taken in, ${known} known, ${bad} to mend`,
  },
);

const outcomes = words(
  { done: "取り込み", known: "既知", refused: "規約により不可", faulty: "書き方の誤り", failed: "失敗" },
  { done: "Taken in", known: "Known already", refused: "Refused by the terms", faulty: "Badly written", failed: "Failed" },
);
const TONES: Record<string, Tone> = { done: "good", known: "info", refused: "care", faulty: "alarm", failed: "alarm" };
const AGAIN_MS = 2000;

type Import = Schemas["Import"];
type Line = Import["items"][number];
type Told = Pick<Import, "lines" | "done" | "known" | "refused" | "faulty" | "failed" | "items">;

export function Report({ of, service }: { of: Import; service: string }) {
  const now = useProgress(of, service);
  const waits = of.id && !now.complete ? now.waiting : 0;
  return <Lines of={now} trial={!of.id} waits={waits} />;
}

/** What became of each line, with the sums above. */
export function Lines({ of, trial, waits = 0 }: { of: Told; trial: boolean; waits?: number }) {
  const bad = of.refused + of.faulty + of.failed;
  const title = trial ? t().trial : t().real;
  return (
    <Card title={title}>
      <Banner tone={bad ? "care" : "good"} role="status">
        {t().counts(of.lines, of.done, of.known, bad)}
        {waits ? ` ${t().waiting(waits)}` : ""}
      </Banner>
      <DataTable
        label={title}
        rows={{ data: of.items }}
        columns={columns()}
        keyOf={(line) => String(line.line)}
        empty={<p>{t().none}</p>}
      />
    </Card>
  );
}

/** A file that was taken in is looked at again until all its lines are done. */
function useProgress(of: Import, service: string): Import {
  const id = of.id ?? "";
  const asked = useQuery({
    queryKey: ["operator", "import", service, id],
    queryFn: () =>
      service
        ? data(api.GET("/v1/services/{service}/usage-imports/{import}", { params: { path: { service, import: id } } }))
        : data(api.GET("/v1/operator/contract-imports/{import}", { params: { path: { import: id } } })),
    enabled: !!id && !of.complete,
    refetchInterval: (query) => (query.state.data?.complete ? false : AGAIN_MS),
  });
  return asked.data ?? of;
}

function columns(): Column<Line>[] {
  return [
    { head: t().line, cell: (line) => line.line },
    { head: t().outcome, cell: (line) => <Outcome of={line.outcome} /> },
    { head: t().told, cell: told, wraps: true },
    { head: t().field, cell: (line) => (line.field ? fieldName(line.field) : ""), wide: true },
    { head: t().key, cell: (line) => line.key ?? "", wide: true },
    {
      head: w().contract,
      cell: (line) => (line.contract ? <a href={contractHref(line.contract)}>{line.contract}</a> : ""),
      wide: true,
    },
    { head: w().rule, cell: (line) => <span class="soft small">{line.rule}</span>, wide: true },
  ];
}

function Outcome({ of }: { of: string }) {
  const tone = TONES[of];
  return <Chip {...(tone && { tone })}>{spoken(outcomes(), of)}</Chip>;
}

/** The API's own words: the reason, and how to mend it. */
function told(line: Line): string {
  const words = line.told?.[language.value];
  return words
    ? [words.reason, words.cure].filter(Boolean).join(" ")
    : plainly([line.reason, line.cure].filter(Boolean).join(" · "));
}
