// What a command on many did, or would do, contract by contract; and the way back where there is one.
import { api, data, key } from "~/api/client";
import { useChange } from "~/api/queries";
import { yen } from "~/base/format";
import { said, words } from "~/base/words";
import { Banner, Button, Card, Chip, type Tone } from "~/parts/basics";
import { Trouble } from "~/parts/form";
import { tell } from "~/parts/toast";
import { contractHref, StateChip } from "../parts/contract-cells";
import { type Column, DataTable } from "../parts/table";
import { picked } from "../picked";
import { backwards } from "../undo";
import { spoken, w } from "../words";
import { commandName } from "../words/commands";
import type { BulkDone } from "./bulk";

const t = words(
  {
    would: "試した結果(何も変わっていません)",
    did: "実行した結果",
    counts: (good: number, refused: number) => `できる ${good}件、できない ${refused}件`,
    countsDone: (good: number, refused: number) => `済み ${good}件、できなかった ${refused}件`,
    outcome: "結果",
    undone: (count: number) => `${count}件を元に戻しました`,
    what: "起きること",
    why: "理由",
    bills: "請求",
    undo: (what: string, count: number) => `元に戻す(${count}件: ${what})`,
    none: "契約がありません。",
  },
  {
    would: "What it would do (nothing has changed)",
    did: "What was done",
    counts: (good: number, refused: number) => `${good} possible, ${refused} not`,
    countsDone: (good: number, refused: number) => `${good} done, ${refused} not`,
    outcome: "Outcome",
    undone: (count: number) => `${count} taken back`,
    what: "What happens",
    why: "Why",
    bills: "Bills",
    undo: (what: string, count: number) => `Take back (${count}: ${what})`,
    none: "No contracts.",
  },
);

const outcomes = words(
  { would: "できる", done: "済み", refused: "できない", unknown: "見つからない" },
  { would: "Possible", done: "Done", refused: "Not possible", unknown: "Not found" },
);
const TONES: Record<string, Tone> = { would: "good", done: "good", refused: "care", unknown: "alarm" };

type Line = BulkDone["items"][number];

export function Outcomes({ of, onUndo }: { of: BulkDone; onUndo?: (() => void) | undefined }) {
  const title = of.dry_run ? t().would : t().did;
  return (
    <Card title={title} aside={onUndo && <Undo of={of} onDone={onUndo} />}>
      <Banner tone={of.refused ? "care" : "good"} role="status">
        {of.dry_run ? t().counts(of.good, of.refused) : t().countsDone(of.good, of.refused)}
      </Banner>
      <DataTable
        label={title}
        rows={{ data: of.items }}
        columns={columns()}
        keyOf={(line) => line.contract}
        href={(line) => contractHref(line.contract)}
        empty={<p>{t().none}</p>}
      />
    </Card>
  );
}

function columns(): Column<Line>[] {
  const names = new Map(picked.value.map((one) => [one.id, one.name]));
  return [
    { head: w().name, cell: (line) => names.get(line.contract) ?? line.contract },
    { head: t().outcome, cell: (line) => <Outcome of={line.outcome} /> },
    { head: w().state, cell: (line) => line.state && <StateChip state={line.state} /> },
    { head: t().what, cell: (line) => (line.events ?? []).map((event) => said(event)).join(" "), wraps: true },
    { head: t().bills, cell: bills, figure: true, wide: true },
    {
      head: t().why,
      cell: (line) => [said(line.told), line.rule?.id && `(${line.rule.id})`].filter(Boolean).join(" "),
      wraps: true,
    },
  ];
}

const bills = (line: Line) => (line.invoices ?? []).map((bill) => yen(bill.total)).join(" + ");

function Outcome({ of }: { of: string }) {
  const tone = TONES[of];
  return <Chip {...(tone && { tone })}>{spoken(outcomes(), of)}</Chip>;
}

/** One press takes back what can be: by the command that the API names for it, on those that were done. */
function Undo({ of, onDone }: { of: BulkDone; onDone: () => void }) {
  const steps = backwards(of.items);
  const undo = useChange<typeof steps, unknown>({
    send: (all, once) =>
      Promise.all(
        all.map((step, place) =>
          data(api.POST("/v1/operator/bulk", { params: { header: key(`${once}-${place}`) }, body: step as never })),
        ),
      ),
    touches: [["operator"], ["contract"]],
    done: (_, all) => {
      tell(t().undone(all.reduce((sum, step) => sum + step.contracts.length, 0)));
      onDone();
    },
  });
  const [first] = steps;
  if (!first) return null;
  const count = steps.reduce((sum, step) => sum + step.contracts.length, 0);
  return (
    <>
      <Trouble of={undo.error} />
      <Button small busy={undo.isPending} onClick={() => undo.mutate(steps)}>
        {t().undo(commandName(first.command), count)}
      </Button>
    </>
  );
}
