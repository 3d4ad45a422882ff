// Money on Today: what is late, what comes back; and the whole of Today for who only pays.
import { type Bill, rest, useBills } from "~/base/bills";
import { day, month, yen } from "~/base/format";
import { type Home, mayIn } from "~/base/homes";
import { said } from "~/base/words";
import { Answer } from "~/parts/answer";
import { Banner, ButtonLink, Card, Facts } from "~/parts/basics";
import { due } from "./view";
import { w } from "./words";

/** What of a home's money needs somebody, or is good to know. */
export function Money({ home }: { home: Home }) {
  if (!mayIn(home, "invoices.list")) return null;
  const bills = `/homes/${home.id}/bills`;
  return (
    <>
      {!!home.overdue && (
        <Banner tone="alarm" title={w().late(yen(home.overdue))}>
          <ButtonLink href={bills}>{w().howToPay}</ButtonLink>
        </Banner>
      )}
      {!!home.to_come_back && (
        <Banner title={w().comesBack(yen(home.to_come_back))}>
          <a href={bills}>{w().open}</a>
        </Banner>
      )}
    </>
  );
}

/** The sentence of a home whose bills somebody pays without looking after it. */
export function Dues({ home }: { home: Home }) {
  const { text, more, tone } = due(home);
  return (
    <div class={`glance ${tone ?? ""}`}>
      <p class="sentence">{text}</p>
      {more && <p class="soft">{more}</p>}
    </div>
  );
}

/** All that who only pays has to know: what to pay, how, and where the bills are. */
export function Payer({ home }: { home: Home }) {
  const pays = mayIn(home, "invoices.list");
  const bills = useBills(home.id, pays);
  if (!pays) return <p>{w().nothingOpen}</p>;
  return (
    <div class="stack">
      <Dues home={home} />
      <Answer of={bills}>{(all) => <Latest home={home} bills={all} />}</Answer>
      <p class="soft">{w().payerMore}</p>
    </div>
  );
}

function Latest({ home, bills }: { home: Home; bills: Bill[] }) {
  const first = bills.findLast((bill) => rest(bill) > 0) ?? bills[0]; // the oldest that is to pay, else the newest
  if (!first) return <p>{w().noBills}</p>;
  const at = `/homes/${home.id}/bills`;
  return (
    <Card title={w().billOf(month(first.month))}>
      <Facts
        of={[
          [w().amount, yen(first.total)],
          [w().state, rest(first) > 0 ? null : said(first.labels.status)],
          [w().dueDay, rest(first) > 0 ? day(first.due_on) : null],
          [w().paidBy, first.total > 0 ? said(first.labels.paid_by) : null],
        ]}
      />
      {first.labels.how_to_pay && <p class="small">{said(first.labels.how_to_pay)}</p>}
      <div class="row">
        <ButtonLink kind={rest(first) > 0 ? "main" : "plain"} href={`${at}/${encodeURIComponent(first.key)}`}>
          {w().openBill}
        </ButtonLink>
        <ButtonLink kind="quiet" href={at}>
          {w().allBills}
        </ButtonLink>
      </div>
    </Card>
  );
}
