// What a command would mean: refused and why, or the state, the end, the bills and the refunds that would follow.
import type { Schemas } from "~/api/client";
import { shortDay, yen } from "~/base/format";
import { said, words } from "~/base/words";
import { Banner, Card, Facts } from "~/parts/basics";
import { dayOr, StateChip } from "../../parts/contract-cells";
import { DataTable } from "../../parts/table";
import { plainly, w } from "../../words";

const t = words(
  {
    title: "こうなります(まだ何も変わっていません)",
    refused: "規約により、この手続きはできません",
    bills: "これからの請求",
    refunds: "返金",
    issued: "発行",
    due: "支払期限",
    lines: "内訳",
    total: "合計",
    ends: "終了",
    open: "いま未収",
    none: "請求はありません。",
    until: (day: string) => `${day}までの見通しです。`,
  },
  {
    title: "This is what would follow (nothing has changed yet)",
    refused: "The terms do not allow it",
    bills: "Bills to come",
    refunds: "Refunds",
    issued: "Issued",
    due: "Due",
    lines: "Lines",
    total: "Total",
    ends: "Ends",
    open: "Owed now",
    none: "No bills.",
    until: (day: string) => `As far as ${day}.`,
  },
);

type Quote = Schemas["Quote"] & {
  state?: string;
  rule?: string;
  still_open?: number;
  until?: string;
  told?: { ja: string; en: string };
};
type Bill = NonNullable<Quote["invoices"]>[number];

export function QuoteView({ of }: { of: Schemas["Quote"] }) {
  const quote = of as Quote;
  if (quote.refused)
    return (
      <Banner tone="care" role="status" title={t().refused}>
        {said(quote.told) || plainly(quote.refused)} {quote.rule && <span class="small">({quote.rule})</span>}
      </Banner>
    );
  const refunds = (quote.refunds ?? []) as { amount?: number; total?: number }[];
  return (
    <Card title={t().title}>
      <Facts
        of={[
          [w().state, quote.state && <StateChip state={quote.state} />],
          [t().ends, dayOr(quote.ends_on)],
          [t().open, quote.still_open === undefined ? "" : yen(quote.still_open)],
          [t().refunds, refunds.length ? yen(refunds.reduce((sum, one) => sum + (one.amount ?? one.total ?? 0), 0)) : ""],
        ]}
      />
      <h3>{t().bills}</h3>
      <DataTable<Bill>
        label={t().bills}
        rows={{ data: quote.invoices ?? [] }}
        keyOf={(bill) => bill.key}
        columns={[
          { head: t().issued, cell: (bill) => shortDay(bill.issued_on) },
          { head: t().due, cell: (bill) => shortDay(bill.due_on) },
          { head: t().lines, cell: (bill) => <BillLines of={bill} />, wraps: true },
          { head: t().total, cell: (bill) => yen(bill.total), figure: true },
        ]}
        empty={t().none}
      />
      {quote.until && <p class="soft small">{t().until(shortDay(quote.until))}</p>}
    </Card>
  );
}

function BillLines({ of }: { of: Bill }) {
  return (
    <ul class="small">
      {of.lines.map((line, place) => (
        <li key={place} class="row apart">
          <span>{said(line.label)}</span>
          <span class="number">{yen(line.amount)}</span>
        </li>
      ))}
    </ul>
  );
}
