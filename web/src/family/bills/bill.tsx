import { ChevronDown, Printer } from "lucide-preact";
import { useEffect } from "preact/hooks";
import { useRoute } from "preact-iso";
import { common } from "~/base/common";
import { day, month, yen } from "~/base/format";
import { useHomeId } from "~/base/homes";
import { said } from "~/base/words";
import { Answer } from "~/parts/answer";
import { Banner, Button, Card, Chip, Facts } from "~/parts/basics";
import { dated } from "~/parts/dated";
import { Grouped } from "~/parts/grouped";
import { Screen } from "~/parts/screen";
import { type Explained, useBill } from "./asked";
import { rest, tone } from "./view";
import { w } from "./words";

type Line = Explained["lines"][number];

/** One bill in words: what it asks for, why, and how it stands. The same content is what is printed. */
export function BillScreen() {
  const home = useHomeId();
  const { key = "" } = useRoute().params;
  const bill = useBill(home, key);
  useOpenOnPaper();
  return (
    <Screen title={w().billTitle(month(key.slice(0, 7)))} back={`/homes/${home}/bills`}>
      <Answer of={bill} lines={8}>
        {(all) => (
          <article class="bill stack wide">
            <Heads bill={all} />
            <Sum bill={all} />
            <Lines bill={all} />
            <div class="ends stack wide">
              <Taxes bill={all} />
              <Issuer bill={all} />
            </div>
            <Notes bill={all} />
            <div class="stack tight no-print">
              <Button kind="main" onClick={() => print()}>
                <Printer size={20} aria-hidden />
                {w().print}
              </Button>
              <p class="soft small">{w().printMore}</p>
            </div>
          </article>
        )}
      </Answer>
    </Screen>
  );
}

/** Paper has nothing to press: what is folded on the screen is open there. */
function useOpenOnPaper(): void {
  useEffect(() => {
    const folded: HTMLDetailsElement[] = [];
    const open = () => {
      for (const one of document.querySelectorAll<HTMLDetailsElement>("article.bill details:not([open])")) {
        one.open = true;
        folded.push(one);
      }
    };
    const fold = () => {
      for (const one of folded.splice(0)) one.open = false;
    };
    addEventListener("beforeprint", open);
    addEventListener("afterprint", fold);
    return () => {
      removeEventListener("beforeprint", open);
      removeEventListener("afterprint", fold);
    };
  }, []);
}

/** The head of the paper: what it is, for whom. */
function Heads({ bill }: { bill: Explained }) {
  return (
    <div class="only-print">
      <p class="paper-title">
        {w().invoice} {bill.issuer && <small>{w().qualified}</small>} <small>{w().billOf(month(bill.month))}</small>
      </p>
      <p class="recipient">{bill.recipient ? w().to(bill.recipient) : w().toHolder}</p>
    </div>
  );
}

function Sum({ bill }: { bill: Explained }) {
  const left = rest(bill);
  return (
    <Card>
      <p class="soft">{bill.tax ? w().taxedTotal : w().total}</p>
      <p class="sum number">{yen(bill.total)}</p>
      <div>
        <Chip tone={tone(bill)}>{said(bill.labels.status)}</Chip>
      </div>
      <Facts
        of={[
          [w().rest, bill.paid > 0 && left > 0 ? yen(left) : null],
          [w().paidSoFar, bill.paid > 0 && left > 0 ? yen(bill.paid) : null],
          [w().dueLong, bill.total > 0 && bill.status !== "void" ? day(bill.due_on) : null],
          [w().paidBy, bill.total > 0 && bill.status !== "void" ? said(bill.labels.paid_by) : null],
          [w().period, w().span(day(bill.period.from), day(bill.period.to))],
          [w().issuedOn, day(bill.issued_on)],
        ]}
      />
      {bill.labels.how_to_pay && (
        <Banner tone={bill.status === "overdue" ? "alarm" : "info"} title={w().howToPay}>
          {said(bill.labels.how_to_pay)}
        </Banner>
      )}
    </Card>
  );
}

function Lines({ bill }: { bill: Explained }) {
  return (
    <section class="stack">
      <h2>{w().lines}</h2>
      {bill.lines.length ? (
        <ul class="list">
          {bill.lines.map((line, place) => (
            <li key={`${line.item} ${place}`}>
              <LineRow line={line} />
            </li>
          ))}
        </ul>
      ) : (
        <p>{w().noLines}</p>
      )}
    </section>
  );
}

function LineRow({ line }: { line: Line }) {
  const mark = line.tax === "excluded" ? w().excluded : line.tax === "none" ? w().untaxed : "";
  return (
    <details class="fold line">
      <summary>
        <span>{said(line.label)}</span>
        <strong class="number">
          {yen(line.amount)}
          {mark && <span class="soft small"> {mark}</span>}
        </strong>
        <ChevronDown size={20} aria-hidden class="no-print" />
      </summary>
      <div class="stack tight">
        <p>{dated(said(line.explanation))}</p>
        {line.formula && <p class="formula number">{line.formula}</p>}
        {line.rules?.map((rule) => (
          <p class="soft small" key={rule.id}>
            {said(rule)} <span class="rule">({common().rule(rule.id)})</span>
          </p>
        ))}
      </div>
    </details>
  );
}

function Taxes({ bill }: { bill: Explained }) {
  return (
    <section class="stack">
      <h2>{w().taxes}</h2>
      <Facts
        of={[
          ...bill.taxes.flatMap((rate): [string, string][] => [
            [w().rate(rate.percent), yen(rate.total)],
            [w().rateTax(rate.percent), yen(rate.tax)],
          ]),
          [w().untaxedSum, bill.untaxed ? yen(bill.untaxed) : null],
          [bill.tax ? w().taxedTotal : w().total, yen(bill.total)],
        ]}
      />
    </section>
  );
}

function Issuer({ bill }: { bill: Explained }) {
  const issuer = bill.issuer;
  return (
    <section class="stack">
      <h2>{w().issuer}</h2>
      <Facts
        of={[
          [w().issuer, issuer?.name],
          [w().registration, issuer?.registration_number],
          [w().address, issuer?.address],
          [w().phone, issuer?.phone && <a href={`tel:${issuer.phone.replace(/[^+\d]/g, "")}`}>{issuer.phone}</a>],
          [w().email, issuer?.email && <a href={`mailto:${issuer.email}`}>{issuer.email}</a>],
          [w().web, issuer?.web],
          [w().service, said(bill.service_title)],
          [w().number, bill.number],
          [w().contract, <Grouped key="contract" of={bill.contract} />],
        ]}
      />
    </section>
  );
}

function Notes({ bill }: { bill: Explained }) {
  if (!bill.notes.length) return null;
  return (
    <section class="stack">
      <h2>{w().notes}</h2>
      {bill.notes.map((note) => (
        <p class="soft small" key={note.id}>
          {said(note)}
        </p>
      ))}
    </section>
  );
}
