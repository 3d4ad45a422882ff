// The application form as the API describes it: everything that is asked comes from there.
import { api, data } from "~/api/client";
import { useQuery } from "~/api/queries";
import type { paths } from "~/api/schema";
import { yen } from "~/base/format";
import { said } from "~/base/words";
import { w } from "./words";

export type Form = paths["/v1/services/{service}/form"]["get"]["responses"]["200"]["content"]["application/json"];
export type Plan = Form["plans"][number];
export type Field = Plan["fields"][number];
export type Consent = Plan["consents"][number];
export type Price = Plan["prices"][number];
export type Texts = { id: string; ja: string; en: string }[];

export const useForm = (service: string) =>
  useQuery({
    queryKey: ["forms", service],
    queryFn: () => data(api.GET("/v1/services/{service}/form", { params: { path: { service } } })),
    staleTime: 10 * 60_000,
  });

/** What somebody wants to know first of a plan: what it costs again and again, else what it costs once. */
export const mainPrice = (plan: Plan): Price | undefined => plan.prices.find((one) => one.how !== "once") ?? plan.prices[0];

/** All that is sure to be charged, each with its label; what comes again and again first. */
export function pricesOf({ prices }: Plan): [string, string][] {
  const order = [...prices.filter((one) => one.how !== "once"), ...prices.filter((one) => one.how === "once")];
  return order.map((one) => [one.how === "once" ? `${said(one.label)} (${w().once})` : said(one.label), priceOf(one)]);
}

/** 1,980円/月, tax said where it comes on top. */
export function priceOf(price: Price | null | undefined): string {
  if (!price) return "";
  const per = price.per ? w().per(said(price.per)) : "";
  return `${yen(price.yen)}${per}${price.tax === "excluded" ? ` (${w().taxExcluded})` : ""}`;
}
