// What the bills say together: how much is owed, by when, and what comes next. Pure, so that it can be tried without a screen.
import type { Tone } from "~/parts/basics";

type Billed = { key: string; month: string; due_on: string; status: string; total: number; paid: number };
type Coming = { on: string; kind: string; happened: boolean; figures: Record<string, unknown> };

export type Owed = { amount: number; late: boolean; due: string | undefined };

/** What is still to pay of one bill. */
export const rest = (bill: Pick<Billed, "status" | "total" | "paid">): number =>
  bill.status === "open" || bill.status === "overdue" ? Math.max(0, bill.total - bill.paid) : 0;

/** All that is to pay now, whether something is late, and the first due day. */
export function owed(bills: Billed[]): Owed {
  const unpaid = bills.filter((bill) => rest(bill) > 0);
  return {
    amount: unpaid.reduce((sum, bill) => sum + rest(bill), 0),
    late: unpaid.some((bill) => bill.status === "overdue"),
    due: unpaid.map((bill) => bill.due_on).sort()[0],
  };
}

const TONES: Record<string, Tone> = { paid: "good", overdue: "alarm", open: "info" };

/** The colour of a bill's state; none where there is nothing to pay. */
export function tone(bill: Pick<Billed, "status" | "total">): Tone | undefined {
  return bill.total > 0 ? TONES[bill.status] : undefined;
}

/** Bills by the year of their month, in the order that they come in. */
export function byYear<T extends { month: string }>(bills: T[]): [string, T[]][] {
  const years = new Map<string, T[]>();
  for (const bill of bills) {
    const year = bill.month.slice(0, 4);
    years.set(year, [...(years.get(year) ?? []), bill]);
  }
  return [...years];
}

// What of the calendar is about money: it moves some, or says what follows when it does not move.
const MONEY = /^(invoice_issued|payment_|refund_|instalments_end|benefit_lost|demand_deadline|cure_until|suspended|terminated)/;

/** The next moments that are about money, the nearest first. */
export function coming<T extends Coming>(items: T[], most: number): T[] {
  return items
    .filter((item) => !item.happened && MONEY.test(item.kind))
    .sort((one, other) => one.on.localeCompare(other.on))
    .slice(0, most);
}
