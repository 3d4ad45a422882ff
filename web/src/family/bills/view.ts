// What the bills say together: how much is owed, by when, and what comes next. Pure, so that it can be tried without a screen.
import { rest } from "~/base/bills";
import type { Tone } from "~/parts/basics";

export { rest };

type Billed = {
  key: string;
  month: string;
  due_on: string;
  status: string;
  total: number;
  paid: number;
};
type Coming = { on: string; kind: string; happened: boolean; figures: Record<string, unknown> };

export type Owed<T> = { amount: number; late: T | undefined; due: string | undefined };

/** All that is to pay now, the bill that has been late the longest, and the first due day. */
export function owed<T extends Billed>(bills: T[]): Owed<T> {
  const unpaid = bills.filter((bill) => rest(bill) > 0).toSorted((one, other) => one.due_on.localeCompare(other.due_on));
  return {
    amount: unpaid.reduce((sum, bill) => sum + rest(bill), 0),
    late: unpaid.find((bill) => bill.status === "overdue"),
    due: unpaid[0]?.due_on,
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
const MONEY =
  /^(invoice_issued|payment_|refund_|instalments_end|benefit_lost|demand_deadline|cure_until|suspended|terminated|may_be_)/;

/** The next moments that are about money, the nearest first. */
export function coming<T extends Coming>(items: T[], most: number): T[] {
  return items
    .filter((item) => !item.happened && MONEY.test(item.kind))
    .sort((one, other) => one.on.localeCompare(other.on))
    .slice(0, most);
}
