// The contract's bills as they stand, with what is paid and what is late.
import { useState } from "preact/hooks";
import { api, data, type Schemas } from "~/api/client";
import { useQuery } from "~/api/queries";
import { common } from "~/base/common";
import { shortDay, yen } from "~/base/format";
import { said, words } from "~/base/words";
import { Answer } from "~/parts/answer";
import { Button, Chip, type Tone } from "~/parts/basics";
import { Dialog } from "~/parts/dialog";
import { usePages } from "../../parts/pages";
import { DataTable } from "../../parts/table";
import { spoken, w } from "../../words";

const t = words(
  {
    title: "請求",
    bill: "請求番号",
    issued: "発行",
    due: "支払期限",
    total: "請求額",
    paid: "入金",
    none: "まだ請求はありません。",
  },
  {
    title: "Bills",
    bill: "Bill",
    issued: "Issued",
    due: "Due",
    total: "Billed",
    paid: "Paid",
    none: "There are no bills yet.",
  },
);

const states = words(
  { open: "支払い待ち", paid: "支払い済み", overdue: "期限超過", void: "取り消し" },
  { open: "Waiting for payment", paid: "Paid", overdue: "Overdue", void: "Void" },
);
const TONES: Record<string, Tone> = { paid: "good", overdue: "alarm" };

type Bill = Schemas["Invoice"];

/** The state as the desk calls it: the API's sentence is for whoever pays. */
function State({ of }: { of: Bill }) {
  const tone = TONES[of.status];
  return <Chip {...(tone && { tone })}>{spoken(states(), of.status)}</Chip>;
}

/** The bill's lines in words, each with how it was reckoned and the rules it rests on. */
function Explained({ id, bill }: { id: string; bill: string }) {
  const asked = useQuery({
    queryKey: ["contract", id, "bills", bill],
    queryFn: () =>
      data(api.GET("/v1/contracts/{contract}/invoices/{invoice}", { params: { path: { contract: id, invoice: bill } } })),
    enabled: !!bill,
  });
  return (
    <Answer of={asked}>
      {(explained) => (
        <ul class="stack">
          {explained.lines.map((line, place) => (
            <li key={place} class="stack tight">
              <span class="row apart">
                <strong>{said(line.label)}</strong>
                <span class="number">{yen(line.amount)}</span>
              </span>
              <span class="small">{said(line.explanation)}</span>
              <span class="soft small">
                {[line.formula, ...(line.rules ?? []).map((rule) => rule.id)].filter(Boolean).join(" · ")}
              </span>
            </li>
          ))}
          <li class="row apart">
            <strong>{t().total}</strong>
            <strong class="number">{yen(explained.total)}</strong>
          </li>
        </ul>
      )}
    </Answer>
  );
}

export function Bills({ id }: { id: string }) {
  const rows = usePages<Bill>(["contract", id, "bills"], (cursor) =>
    data(api.GET("/v1/contracts/{contract}/invoices", { params: { path: { contract: id }, query: cursor ? { cursor } : {} } })),
  );
  const [open, setOpen] = useState("");
  return (
    <>
      <DataTable
        label={t().title}
        rows={rows}
        keyOf={(bill) => bill.key}
        onOpen={(bill) => setOpen(bill.key)}
        columns={[
          {
            head: t().bill,
            cell: (bill) => (
              <>
                {bill.key} <span class="soft small">{bill.number}</span>
              </>
            ),
          },
          { head: w().state, cell: (bill) => <State of={bill} /> },
          { head: t().issued, cell: (bill) => shortDay(bill.issued_on) },
          { head: t().due, cell: (bill) => shortDay(bill.due_on) },
          { head: t().total, cell: (bill) => yen(bill.total), figure: true },
          { head: t().paid, cell: (bill) => yen(bill.paid), figure: true },
        ]}
        empty={<p>{t().none}</p>}
      />
      <Dialog open={!!open} title={open} onClose={() => setOpen("")}>
        <Explained id={id} bill={open} />
        <Button onClick={() => setOpen("")}>{common().close}</Button>
      </Dialog>
    </>
  );
}
