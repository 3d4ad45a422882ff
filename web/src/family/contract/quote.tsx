// What a step would cost, shown before anybody presses the button that does it.
import { api, data, key, newKey, type Schemas } from "~/api/client";
import { useQuery } from "~/api/queries";
import { day, month, yen } from "~/base/format";
import { said } from "~/base/words";
import { Banner, Card, Facts } from "~/parts/basics";
import { price } from "~/parts/price";
import { type Ask, type Step, useCalendar, useContract } from "./asked";
import { firstChange, foreseen, outcome } from "./step";
import { Named } from "./together";
import { w } from "./words";

export type Quote = Schemas["Quote"];
type Chosen = NonNullable<Ask["choices"]>[number];
const BILLS = 3;

/** What the API reckons for this very request. `body` undefined: not all is chosen yet. */
export function useQuote(home: string, step: Step, body: Record<string, unknown> | undefined) {
  return useQuery({
    queryKey: ["contract", home, "quote", step.command, body],
    queryFn: () => {
      const asked = { ...body, command: step.command } as never; // the API describes each step's body by itself
      return data(
        api.POST("/v1/contracts/{contract}/quotes", {
          params: { path: { contract: home }, header: key(newKey()) },
          body: asked,
        }),
      );
    },
    enabled: step.quote && !!body,
    retry: 0,
  });
}

type Shown = { quote: Quote; home: string; chosen: Chosen[] };

/** `chosen`: what was chosen that has a price of its own, whenever it begins. */
export function QuoteCard({ quote, home, chosen }: Shown) {
  if (quote.refusal)
    return (
      <Banner tone="care" role="status" title={said(quote.refusal)}>
        {quote.refusal.texts.map((text) => (
          <p key={text.id}>{said(text)}</p>
        ))}
      </Banner>
    );
  return (
    <Card title={w().quote}>
      <Figures quote={quote} home={home} />
      <Bills quote={quote} home={home} chosen={chosen} />
      {!quote.ends_on && !!quote.still_open && <p class="soft small">{w().openToo(yen(quote.still_open))}</p>}
    </Card>
  );
}

/** The figures that matter most, also shown once more before the last press. */
export function Figures({ quote, home }: { quote: Quote; home: string }) {
  const sums = outcome(quote);
  const children = useContract(home).data?.children ?? [];
  return (
    <Facts
      of={[
        [w().lastDay, sums.ends && day(sums.ends)],
        [w().alsoEnds, !!sums.ends && children.length > 0 && children.map((id) => <Named key={id} id={id} />)],
        [w().toPay, sums.ends && `${yen(sums.toPay)} ${sums.bills ? w().toPayCount(sums.bills) : ""}`],
        [w().back, sums.ends || sums.back ? yen(sums.back) : null],
        [w().open, sums.ends && sums.open ? yen(sums.open) : null],
      ]}
    />
  );
}

/** What the step changes first, once more before the last press. */
export function InShort({ quote, home, chosen }: Shown) {
  const calendar = useCalendar(home);
  if (quote.ends_on) return <Figures quote={quote} home={home} />;
  const before = foreseen(calendar.data?.items ?? []);
  const first = calendar.data && firstChange(quote.invoices ?? [], before);
  return (
    <>
      <p>{w().sureMore}</p>
      {calendar.data && !first && <Prices of={chosen} />}
      {first && <Facts of={[[w().billOf(month(first.month)), yen(first.total)]]} />}
      {first && before.has(first.key) && <p class="soft small">{w().quoteBefore(yen(before.get(first.key) ?? 0))}</p>}
    </>
  );
}

/** What is sure of something that begins to cost on a day that nobody knows yet: its price, and what it costs once. */
function Prices({ of }: { of: Chosen[] }) {
  const facts = of.flatMap((one): [string, string][] => [
    [said(one.label), one.price ? price(one.price) : ""],
    ...one.once.map((paid): [string, string] => [w().onceWhen(said(paid.label), said(paid.when)), price(paid)]),
  ]);
  return <Facts of={facts} />;
}

function Bills({ quote, home, chosen }: Shown) {
  const calendar = useCalendar(home);
  const before = foreseen(calendar.data?.items ?? []);
  const all = (quote.invoices ?? []).filter((bill) => bill.total > 0);
  const shown = quote.ends_on ? all : all.slice(0, BILLS);
  const changes = !calendar.data || firstChange(all, before) !== undefined;
  if (!shown.length) return quote.ends_on ? null : <Later of={chosen} otherwise={w().quoteNone} />;
  return (
    <div class="stack tight">
      {changes ? <h3>{w().quoteAfter}</h3> : <Later of={chosen} otherwise={w().quoteSame} />}
      <ul class="list">
        {shown.map((bill) => (
          <li key={bill.key}>
            <Bill bill={bill} before={before.get(bill.key)} />
          </li>
        ))}
      </ul>
      {quote.until && <p class="soft small">{w().quoteUntil(day(quote.until))}</p>}
    </div>
  );
}

/** What was chosen and is on no bill yet; nothing of the kind was. */
function Later({ of, otherwise }: { of: Chosen[]; otherwise: string }) {
  if (!of.length) return <p>{otherwise}</p>;
  return (
    <>
      <Prices of={of} />
      <p>{w().quoteLater}</p>
    </>
  );
}

function Bill({ bill, before }: { bill: NonNullable<Quote["invoices"]>[number]; before: number | undefined }) {
  return (
    <details class="fold">
      <summary>
        <span>
          {w().billOf(month(bill.month))}
          <span class="soft small">
            {" "}
            {w().due(day(bill.due_on))} · {said(bill.labels.paid_by)}
          </span>
        </span>
        <span class="end">
          <strong class="number">{yen(bill.total)}</strong>
          {before !== undefined && before !== bill.total && <span class="soft small">{w().quoteBefore(yen(before))}</span>}
        </span>
      </summary>
      <ul class="stack tight">
        {bill.lines.map((line, place) => (
          <li key={`${line.item} ${place}`}>
            <div class="row apart">
              <span>{said(line.label)}</span>
              <span class="number">{yen(line.amount)}</span>
            </div>
            <p class="soft small">{said(line.explanation)}</p>
          </li>
        ))}
      </ul>
    </details>
  );
}
