import { describe, expect, it } from "vitest";
import { byYear, coming, owed, rest, tone } from "./view";

const bill = (more: object) => ({
  key: "k",
  month: "2026-10",
  due_on: "2026-11-27",
  status: "open",
  total: 3080,
  paid: 0,
  ...more,
});

describe("what is owed", () => {
  it("is what bills ask for and nobody paid yet, with the first due day", () => {
    const bills = [
      bill({}),
      bill({ month: "2026-09", due_on: "2026-10-30", status: "overdue", total: 28600, paid: 8600 }),
      bill({ status: "paid", paid: 3080, due_on: "2026-01-01" }),
      bill({ status: "void", total: 999, due_on: "2026-01-01" }),
    ];
    expect(owed(bills)).toEqual({ amount: 23080, late: bills[1], due: "2026-10-30" });
  });
  it("is nothing where all is paid, or a bill gives money back", () => {
    expect(owed([bill({ status: "paid", paid: 3080 })])).toEqual({ amount: 0, late: undefined, due: undefined });
    expect(rest(bill({ total: -500 }))).toBe(0);
  });
});

describe("the list", () => {
  it("keeps the newest year first", () => {
    const years = byYear([bill({ month: "2027-01" }), bill({ month: "2026-12" }), bill({ month: "2026-11" })]);
    expect(years.map(([year, bills]) => [year, bills.length])).toEqual([
      ["2027", 1],
      ["2026", 2],
    ]);
  });
  it("a bill of nothing has no colour of its own", () => {
    expect(tone(bill({ total: 0, status: "paid" }))).toBeUndefined();
    expect(tone(bill({ status: "overdue" }))).toBe("alarm");
  });
});

it("what comes is about money and lies ahead, the nearest first", () => {
  const at = (on: string, kind: string, happened = false) => ({ on, kind, happened, figures: {} });
  const items = [
    at("2027-01-02", "payment_due"),
    at("2026-12-15", "cancel_until"),
    at("2026-12-03", "invoice_issued"),
    at("2026-10-01", "invoice_issued", true),
    at("2027-02-03", "invoice_issued"),
  ];
  expect(coming(items, 2).map((item) => item.on)).toEqual(["2026-12-03", "2027-01-02"]);
});
