import { expect, it } from "vitest";
import { bodyOf, fieldsOf, placeOf, type Schema } from "./schema";

const schema: Schema = {
  type: "object",
  required: ["from", "prices"],
  properties: {
    command: { const: "x" },
    reason: { type: "string", maxLength: 64, pattern: "^[a-z]+$" },
    from: { type: "string", format: "date-time" },
    month: { type: "string", pattern: "^\\d{4}-\\d{2}$" },
    approved: { type: "boolean" },
    outcome: { type: "string", enum: ["done", "absent"] },
    site: { type: "object", properties: { prefecture: { type: "string" }, island: { type: "boolean" } } },
    calls: {
      type: "array",
      items: { type: "object", required: ["to"], properties: { to: { type: "string" }, seconds: { type: "integer" } } },
    },
    closed: { type: "array", items: { type: "string", format: "date" } },
    waves: { type: "array", items: { type: "integer" } },
    prices: { type: "object", additionalProperties: { type: "integer" } },
  },
};

it("reads every kind of field, what is needed first, and no constant", () => {
  expect(fieldsOf(schema).map(({ name, kind, needed }) => `${name} ${kind}${needed ? "!" : ""}`)).toEqual([
    "from instant!",
    "prices prices!",
    "reason text",
    "month month",
    "approved yes",
    "outcome choice",
    "site group",
    "calls rows",
    "closed days",
    "waves numbers",
  ]);
});

it("what was filled in becomes the body; what is empty is left out", () => {
  const body = bodyOf(fieldsOf(schema), {
    from: "2026-11-22T09:30",
    approved: "false",
    reason: "  ",
    "site.prefecture": "Tokyo",
    "calls.0.to": "0312345678",
    "calls.0.seconds": "61",
    "calls.1.to": "",
    closed: "2026-12-31\n2027-01-01",
    waves: "10, 50 100",
    "prices.0.key": "monthly_fee",
    "prices.0.yen": "1200",
    "prices.1.key": "plan_fee/annual",
    "prices.1.yen": "900",
    "prices.2.key": "half typed",
  });
  expect(body).toEqual({
    from: "2026-11-22T09:30:00+09:00",
    approved: false,
    site: { prefecture: "Tokyo" },
    calls: [{ to: "0312345678", seconds: 61 }],
    closed: ["2026-12-31", "2027-01-01"],
    waves: [10, 50, 100],
    prices: { monthly_fee: 1200, plan_fee: { annual: 900 } },
  });
});

it("a needed list is sent empty rather than left out", () => {
  expect(bodyOf(fieldsOf({ required: ["closed"], properties: { closed: schema.properties?.closed as Schema } }), {})).toEqual({
    closed: [],
  });
});

it("a complaint finds its field, however its place is written", () => {
  expect(placeOf("calls[0].seconds")).toBe("calls.0.seconds");
  expect(placeOf("/calls/0/seconds")).toBe("calls.0.seconds");
});
