import { expect, it } from "vitest";
import { dated } from "./dated";

const whole = (text: string) => {
  const parts = dated(text);
  return Array.isArray(parts) ? parts.flatMap((part) => (part && typeof part === "object" ? [part.props.children] : [])) : [];
};

it("keeps dates and amounts together, in both languages, and leaves the rest as it is", () => {
  expect(whole("はじめの1年(2027年11月23日(火)まで)の合計")).toEqual(["2027年11月23日(火)"]);
  expect(whole("2026年3月分 1,980円のお支払期限")).toEqual(["2026年3月", "1,980円"]);
  expect(whole("The first year in all (until Tue, 23 November 2027)")).toEqual(["Tue, 23 November 2027"]);
  expect(dated("お支払いの方法")).toBe("お支払いの方法");
});
