import { CreditCard, Download } from "lucide-preact";
import { useState } from "preact/hooks";
import { useCalendar, useMay } from "~/base/contract";
import { day, month, yen } from "~/base/format";
import { useHomeId } from "~/base/homes";
import { said } from "~/base/words";
import { Answer } from "~/parts/answer";
import { Banner, Button, ButtonLink, Card, Chip, Empty } from "~/parts/basics";
import { dated } from "~/parts/dated";
import { Trouble } from "~/parts/form";
import { keep } from "~/parts/keep";
import { Menu } from "~/parts/menu";
import { Screen } from "~/parts/screen";
import { type Bill, csv, type Refund, useBills, useRefunds } from "./asked";
import { byYear, coming, owed, rest, tone } from "./view";
import { w } from "./words";

const NEXT = 2;

/** What is owed now on top, then bill by bill, the newest first. */
export function Bills() {
  const home = useHomeId();
  const may = useMay(home);
  const bills = useBills(home, may("invoices.list"));
  return (
    <Screen title={w().title}>
      <Answer of={bills}>
        {(all) => (
          <div class="stack wide">
            <Owed bills={all} home={home} />
            {all.length ? <Months bills={all} home={home} /> : <Empty>{w().noBills}</Empty>}
            <Refunds home={home} />
            <More home={home} any={all.length > 0} />
          </div>
        )}
      </Answer>
    </Screen>
  );
}

function Owed({ bills, home }: { bills: Bill[]; home: string }) {
  const { amount, late, due } = owed(bills);
  const calendar = useCalendar(home);
  const next = coming(calendar.data?.items ?? [], NEXT);
  return (
    <Card title={amount ? w().owed : w().nothingOwed} aside={amount ? null : <Chip tone="good">{yen(0)}</Chip>}>
      {amount > 0 && (
        <p class="sum number">
          {yen(amount)}
          {due && <span class="soft small">{w().due(day(due))}</span>}
        </p>
      )}
      {late && <Late bill={late} home={home} />}
      {next.length > 0 && (
        <div class="stack tight">
          <h3>{w().next}</h3>
          <ul class="coming">
            {next.map((moment, place) => (
              <li key={`${moment.on} ${place}`}>
                <span class="soft small number">{day(moment.on)}</span>
                <span>{dated(said(moment))}</span>
              </li>
            ))}
          </ul>
          <a href={`/homes/${home}/contract/calendar`}>{w().calendar}</a>
        </div>
      )}
    </Card>
  );
}

/** A bill that is past its day: how to pay it, and where to ask. */
function Late({ bill, home }: { bill: Bill; home: string }) {
  return (
    <Banner tone="alarm" title={w().overdue(month(bill.month), yen(rest(bill)))}>
      <div class="stack tight">
        <p>{said(bill.labels.how_to_pay)}</p>
        <p class="small">{w().overdueMore}</p>
        <div>
          <ButtonLink kind="main" href={`/homes/${home}/bills/${encodeURIComponent(bill.key)}`}>
            {w().openLate}
          </ButtonLink>
        </div>
      </div>
    </Banner>
  );
}

function Months({ bills, home }: { bills: Bill[]; home: string }) {
  return (
    <section class="stack">
      <h2>{w().bills}</h2>
      {byYear(bills).map(([year, some]) => (
        <div class="stack tight" key={year}>
          <h3 class="soft">{w().year(year)}</h3>
          <ul class="list">
            {some.map((bill) => (
              <li key={bill.key}>
                <Row bill={bill} home={home} />
              </li>
            ))}
          </ul>
        </div>
      ))}
    </section>
  );
}

function Row({ bill, home }: { bill: Bill; home: string }) {
  return (
    <a class="bill-row" href={`/homes/${home}/bills/${encodeURIComponent(bill.key)}`}>
      <span class="name">
        <strong>{w().billOf(month(bill.month))}</strong>
        <span class="soft small">{said(bill.labels.kind)}</span>
      </span>
      <strong class="number">{yen(bill.total)}</strong>
      <span class="state">
        <Chip tone={tone(bill)}>{said(bill.labels.status)}</Chip>
        {rest(bill) > 0 && <span class="soft small">{w().due(day(bill.due_on))}</span>}
      </span>
    </a>
  );
}

function Refunds({ home }: { home: string }) {
  const refunds = useRefunds(home);
  const all = refunds.data?.items ?? [];
  if (!all.length) return null;
  return (
    <section class="stack">
      <h2>{w().refunds}</h2>
      {all.map((refund) => (
        <RefundCard key={refund.key} refund={refund} home={home} />
      ))}
    </section>
  );
}

function RefundCard({ refund, home }: { refund: Refund; home: string }) {
  const may = useMay(home);
  const paid = refund.status === "paid";
  return (
    <div class="card stack tight">
      <div class="row apart">
        <strong class="number">{yen(refund.amount)}</strong>
        <Chip tone={paid ? "good" : "info"}>{paid ? w().refunded : w().refunding}</Chip>
      </div>
      {refund.months.length > 0 && <p class="soft">{w().refundOf(refund.months.map((one) => month(one)).join(w().comma))}</p>}
      {!paid && <p>{said(refund.label)}</p>}
      <ol class="coming">
        {refund.steps.map((step) => (
          <li key={step.on + step.en}>
            <span class="soft small number">{day(step.on)}</span>
            <span>{dated(said(step))}</span>
          </li>
        ))}
      </ol>
      {refund.status === "claim_sent" && may("command:claim_refund") && (
        <a href={`/homes/${home}/contract/do/claim_refund`}>{w().refundSent}</a>
      )}
    </div>
  );
}

function More({ home, any }: { home: string; any: boolean }) {
  const may = useMay(home);
  const [state, setState] = useState<{ busy: boolean; wrong?: unknown }>({ busy: false });
  const save = async () => {
    setState({ busy: true });
    try {
      keep(await csv(home), "bills.csv");
      setState({ busy: false });
    } catch (wrong) {
      setState({ busy: false, wrong });
    }
  };
  return (
    <section class="stack">
      <h2>{w().more}</h2>
      {may("command:register_payment_method") && (
        <Menu
          of={[{ href: `/homes/${home}/contract/do/register_payment_method`, label: w().changeMethod, mark: CreditCard }]}
        />
      )}
      {any && (
        <Button busy={state.busy} onClick={save}>
          <Download size={20} aria-hidden />
          {w().csv}
        </Button>
      )}
      <Trouble of={state.wrong} />
    </section>
  );
}
