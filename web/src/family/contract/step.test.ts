import { describe, expect, it } from "vitest";
import {
  begin,
  bodyOf,
  effect,
  firstChange,
  foreseen,
  isAsked,
  most,
  outcome,
  priced,
  stepKey,
  type Values,
  wrong,
} from "./step";

const value = (name: string, most = 1, refused: unknown = null) => ({ value: name, most, refused });
const option = { name: "option", kind: "choice", required: true, choices: [value("a", 3), value("b"), value("c", 9, {})] };
const quantity = { name: "quantity", kind: "number", required: false };
const site = { name: "site", kind: "address", required: true, parts: [{ name: "site.address" }] };
const removal = { name: "with_removal", kind: "yes_no", required: false };

describe("a step's form", () => {
  it("begins with the only value that can be had", () => {
    const one = { ...option, choices: [value("a"), value("b", 1, { reason: "no" })] };
    expect(begin([one, removal])).toEqual({ option: "a", with_removal: false });
    expect(begin([option])).toEqual({ option: "" });
  });
  it("asks how many only where there can be several", () => {
    expect(most([option, quantity], { option: "a" })).toBe(3);
    expect(isAsked(quantity, [option, quantity], { option: "b" })).toBe(false);
  });
  it("says what is missing, and numbers that are none or too large", () => {
    expect(wrong([option], { option: "" })).toEqual({ option: "needed" });
    expect(wrong([option, quantity], { option: "a", quantity: "4" })).toEqual({ quantity: "number" });
    expect(wrong([option, quantity], { option: "a", quantity: "3" })).toEqual({});
    expect(wrong([site], begin([site]))).toEqual({ "site.address": "needed" });
    const coded = { ...site, parts: [{ name: "site.postal_code", schema: { pattern: "^[0-9-]+$" } }] };
    expect(wrong([coded], { "site.postal_code": "千代田" })).toEqual({ "site.postal_code": "shape" });
    expect(wrong([coded], { "site.postal_code": " 100-0001 " })).toEqual({});
  });
  it("makes the request's body: numbers as numbers, an address as one thing, nothing that was left open", () => {
    const values = { option: "a", quantity: "2", with_removal: false, "site.prefecture": "東京都", "site.postal_code": "" };
    expect(bodyOf({ args: { to: "dealer" }, fields: [option, quantity, removal, site] }, values)).toEqual({
      to: "dealer",
      option: "a",
      quantity: 2,
      site: { prefecture: "東京都" },
    });
  });
  it("tells steps of one command apart", () => {
    expect(stepKey({ command: "withdraw_consent", args: { to: "dealer", purpose: "data" } })).toBe(
      "withdraw_consent.dealer.data",
    );
  });
});

describe("a quote", () => {
  it("adds up what is still to be billed and what goes back", () => {
    const quote = {
      ends_on: "2026-12-31",
      invoices: [
        { key: "2026-11#regular", total: 3080 },
        { key: "2026-12#final", total: 27500 },
        { key: "2027-01#regular", total: 0 },
      ],
      refunds: [{ amount: 1100 }, { amount: 550 }],
      still_open: 3080,
    };
    expect(outcome(quote)).toEqual({ ends: "2026-12-31", toPay: 30580, bills: 2, back: 1650, open: 3080 });
  });
  it("knows what the calendar foresaw without it", () => {
    const items = [
      { kind: "invoice_issued", happened: true, figures: { invoice: "2026-10#regular", total: 1 } },
      { kind: "invoice_issued", happened: false, figures: { invoice: "2026-11#regular", total: 3080 } },
      { kind: "payment_due", happened: false, figures: { invoice: "2026-11#regular", amount: 3080 } },
    ];
    expect([...foreseen(items)]).toEqual([["2026-11#regular", 3080]]);
  });
});

it("says from when it counts: by the value that is chosen, where each has its own day", () => {
  const [now, later] = [{ on: "2026-05-01" }, { on: "2026-06-01" }];
  const ways = [
    {
      name: "way",
      choices: [
        { value: "transfer", effect: now },
        { value: "card", effect: later },
      ],
    },
  ];
  expect(effect({ effect: now, fields: ways }, { way: "" })).toBeUndefined();
  expect(effect({ effect: now, fields: ways }, { way: "card" })).toBe(later);
  expect(effect({ effect: now, fields: [] }, {})).toBe(now);
});

describe("what a step changes", () => {
  const bills = [
    { key: "2026-11", total: 0 },
    { key: "2026-12", total: 3080 },
    { key: "2027-01", total: 1980 },
  ];
  it("is the first bill that is another than foreseen, or that nobody foresaw", () => {
    expect(
      firstChange(
        bills,
        new Map([
          ["2026-12", 3080],
          ["2027-01", 3080],
        ]),
      )?.key,
    ).toBe("2027-01");
    expect(firstChange(bills, new Map([["2027-01", 1980]]))?.key).toBe("2026-12");
  });
  it("is nothing when all bills stay", () => {
    expect(firstChange(bills, new Map(bills.map((bill) => [bill.key, bill.total])))).toBeUndefined();
  });
});

it("knows when something was chosen that has a price of its own", () => {
  const fields = [
    { name: "option", kind: "choice", required: true, choices: [{ value: "a", price: { yen: 1100 } }, { value: "b" }] },
  ];
  const chosen = [{ option: "a" }, { option: "b" }, {}].map((values) => priced(fields, values as Values));
  expect(chosen.map((of) => of.map((one) => one.value))).toEqual([["a"], [], []]);
});
