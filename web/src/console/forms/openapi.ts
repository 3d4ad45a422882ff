// The API's own document, read once: what each command asks for.
import { api, data } from "~/api/client";
import { useQuery } from "~/api/queries";
import { said } from "~/base/words";
import type { Option } from "~/parts/fields";
import { plainly } from "../words";
import type { Schema } from "./schema";

type Post = { requestBody?: { content?: Record<string, { schema?: Schema }> } };
type Document = { paths: Record<string, { post?: Post }> };

export function useSchema(path: string): { schema: Schema | undefined; error: unknown } {
  const asked = useQuery({
    queryKey: ["operator", "openapi"],
    queryFn: async () => (await data(api.GET("/v1/openapi.json"))) as unknown as Document,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const post = asked.data?.paths[path]?.post;
  return { schema: post?.requestBody?.content?.["application/json"]?.schema ?? (post ? {} : undefined), error: asked.error };
}

type Said = { ja: string; en: string };
type Line = { label?: Said; price?: { item: string; label: Said }; brings?: { sku: string; label: Said } } & Record<
  string,
  unknown
>;
type FormAnswer = {
  plans?: (Line & {
    plan: string;
    prices?: { item: string; label: Said }[];
    options?: (Line & { option: string })[];
    devices?: (Line & { sku: string })[];
  })[];
  payment_methods?: (Line & { payment_method: string })[];
  documents?: Line[];
};

/** What the fields `plan`, `option`, `sku`, `payment_method` and prices can be for a service, in its own words. */
export function useKnown(service: string, prices: NamedPrice[] = []): Record<string, Option[]> {
  const asked = useQuery({
    queryKey: ["operator", "form", service],
    queryFn: () => data(api.GET("/v1/services/{service}/form", { params: { path: { service } } })),
    enabled: !!service,
    staleTime: 5 * 60_000,
  });
  const form = asked.data as unknown as FormAnswer | undefined;
  if (!form) return {};
  const plans = form.plans ?? [];
  const options = plans.flatMap((plan) => plan.options ?? []);
  const devices = [
    ...plans.flatMap((plan) => plan.devices ?? []),
    ...options.flatMap((option) => (option.brings ? [option.brings] : [])),
  ];
  return {
    plan: choices(plans, "plan"),
    option: choices(options, "option"),
    sku: choices(devices, "sku"),
    payment_method: choices(form.payment_methods ?? [], "payment_method"),
    price: priceChoices(prices),
  };
}

export type NamedPrice = { key: string; label?: Said };

export const priceChoices = (prices: NamedPrice[]): Option[] =>
  [...new Map(prices.map((one) => [one.key, one])).values()].map((one) => ({
    value: one.key,
    label: said(one.label) || plainly(one.key),
  }));

function choices(lines: Record<string, unknown>[], name: string): Option[] {
  const found = new Map<string, string>();
  for (const line of lines) {
    const key = String(line[name]);
    if (!found.has(key)) found.set(key, said(line.label as Said) || plainly(key));
  }
  return [...found].map(([value, label]) => ({ value, label }));
}
