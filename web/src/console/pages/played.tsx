// What came of a scenario: whether what was expected came, then contracts, bills, refunds, refusals and the log.
import { day, time, yen } from "~/base/format";
import { said, words } from "~/base/words";
import { Banner, Card } from "~/parts/basics";
import { StateChip } from "../parts/contract-cells";
import { DataTable } from "../parts/table";
import { plainly, w } from "../words";
import type { Played } from "./playground";

const t = words(
  {
    holds: "期待どおりです",
    none: "動きました",
    held: (count: number) => `期待 ${count}件がすべて合いました。`,
    nothing: "期待は書かれていません。",
    fails: (count: number) => `${count}か所が期待と違います`,
    stopped: "最後まで動きませんでした",
    wanted: "期待",
    got: "結果",
    where: "どこ",
    bills: "請求",
    issued: "発行",
    due: (on: string) => `期限 ${on}`,
    lines: "内訳",
    total: "合計",
    refunds: "返金",
    refusals: "断られた手続き",
    log: "出来事",
    at: "いつ",
    contracts: "終わりの時点の契約",
    empty: "ありません。",
  },
  {
    holds: "All as expected",
    none: "It ran",
    held: (count: number) => `All ${count} expectations hold.`,
    nothing: "Nothing was expected.",
    fails: (count: number) => (count === 1 ? "1 expectation fails" : `${count} expectations fail`),
    stopped: "It stopped before its end",
    wanted: "Expected",
    got: "Came",
    where: "Where",
    bills: "Bills",
    issued: "Issued",
    due: (on: string) => `due ${on}`,
    lines: "Lines",
    total: "Total",
    refunds: "Refunds",
    refusals: "Refused",
    log: "What happened",
    at: "When",
    contracts: "Contracts at the end",
    empty: "None.",
  },
);

export function PlayedView({ of }: { of: Played }) {
  return (
    <>
      <Verdict of={of} />
      {of.failed?.length ? <Failed of={of.failed} /> : null}
      <ContractsAtEnd of={of} />
      <Bills of={of} />
      <Rest of={of} />
    </>
  );
}

function Verdict({ of }: { of: Played }) {
  if (of.stopped)
    return (
      <Banner tone="alarm" title={t().stopped}>
        {said(of.stopped)}
      </Banner>
    );
  if (of.failed?.length) return <Banner tone="alarm" title={t().fails(of.failed.length)} />;
  return (
    <Banner tone="good" title={of.expected ? t().holds : t().none}>
      {of.expected ? t().held(of.expected) : t().nothing}
    </Banner>
  );
}

function Failed({ of }: { of: NonNullable<Played["failed"]> }) {
  return (
    <DataTable
      label={t().fails(of.length)}
      rows={{ data: of }}
      keyOf={(one) => one.path}
      columns={[
        { head: t().where, cell: (one) => <code>{one.path}</code> },
        { head: t().wanted, cell: (one) => <code>{written(one.wanted)}</code>, wraps: true },
        { head: t().got, cell: (one) => <code>{written(one.got)}</code>, wraps: true },
        { head: w().rule, cell: (one) => one.rules.join(" "), wide: true },
      ]}
      empty={t().empty}
    />
  );
}

const written = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));

function ContractsAtEnd({ of }: { of: Played }) {
  const rows = Object.entries((of.contracts ?? {}) as Record<string, { state?: string; ends_on?: string | null }>);
  return (
    <Card title={t().contracts}>
      <ul class="stack tight">
        {rows.map(([name, contract]) => (
          <li key={name} class="row">
            <strong>{name}</strong>
            {contract.state && <StateChip state={contract.state} />}
            {contract.ends_on && <span>{day(contract.ends_on)}</span>}
          </li>
        ))}
      </ul>
    </Card>
  );
}

function Bills({ of }: { of: Played }) {
  return (
    <Card title={t().bills}>
      <DataTable
        label={t().bills}
        rows={{ data: of.invoices ?? [] }}
        keyOf={(bill) => `${bill.contract} ${bill.key}`}
        columns={[
          {
            head: t().issued,
            cell: (bill) => (
              <>
                {day(bill.issued_on)}
                <span class="soft small under">{t().due(day(bill.due_on))}</span>
              </>
            ),
          },
          {
            head: t().lines,
            wraps: true,
            cell: (bill) => (
              <ul class="small">
                {bill.lines.map((line, place) => (
                  <li key={place} class="row apart" title={line.formula}>
                    <span>{said(line.label)}</span>
                    <span class="number">{yen(line.amount)}</span>
                  </li>
                ))}
              </ul>
            ),
          },
          { head: t().total, cell: (bill) => yen(bill.total), figure: true },
        ]}
        empty={t().empty}
      />
    </Card>
  );
}

type Refund = { contract?: string; amount?: number; reason?: string; on?: string };

function Rest({ of }: { of: Played }) {
  const refunds = (of.refunds ?? []) as Refund[];
  return (
    <>
      {of.refusals?.length ? (
        <Card title={t().refusals}>
          <ul class="stack tight">
            {of.refusals.map((one, place) => (
              <li key={place}>
                <strong>{plainly(one.do)}</strong> {said(one.told)}{" "}
                <span class="soft small">{one.rules.map((rule) => rule.id).join(" ")}</span>
              </li>
            ))}
          </ul>
        </Card>
      ) : null}
      {refunds.length ? (
        <Card title={t().refunds}>
          <ul class="stack tight">
            {refunds.map((one, place) => (
              <li key={place} class="row apart">
                <span>{plainly(one.reason ?? "")}</span>
                <span class="number">{yen(one.amount ?? 0)}</span>
              </li>
            ))}
          </ul>
        </Card>
      ) : null}
      <Card title={t().log}>
        <DataTable
          label={t().log}
          rows={{ data: of.log ?? [] }}
          keyOf={(one) => `${one.at} ${one.kind} ${one.contract}`}
          columns={[
            {
              head: t().at,
              cell: (one) => (
                <>
                  {day(one.at)}
                  <span class="soft small under">{time(one.at)}</span>
                </>
              ),
            },
            { head: w().what, cell: (one) => <Happened one={one} />, wraps: true },
          ]}
          empty={t().empty}
        />
      </Card>
    </>
  );
}

type Entry = NonNullable<Played["log"]>[number];

/** One entry of the log: what happened, what it made of the contract, and by which rule. */
function Happened({ one }: { one: Entry }) {
  return (
    <>
      {said(one.text) || plainly(one.kind)} {one.state && <StateChip state={one.state} />}
      {one.rules.length > 0 && <span class="soft small under">{one.rules.join(" ")}</span>}
    </>
  );
}
