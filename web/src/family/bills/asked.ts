// What the bills' screens read.
import { api, data } from "~/api/client";
import { useQuery } from "~/api/queries";
import { useMay } from "~/base/contract";

export { type Bill, rest, useBills } from "~/base/bills";

const MOST = 100;

export function useBill(home: string, key: string) {
  const may = useMay(home);
  return useQuery({
    queryKey: ["bills", home, key],
    queryFn: () =>
      data(api.GET("/v1/contracts/{contract}/invoices/{invoice}", { params: { path: { contract: home, invoice: key } } })),
    enabled: may("invoices.view"),
  });
}

/** Not for who only pays: then there is none, and nothing is said of it. */
export function useRefunds(home: string) {
  const may = useMay(home);
  return useQuery({
    queryKey: ["bills", home, "refunds"],
    queryFn: () =>
      data(api.GET("/v1/contracts/{contract}/refunds", { params: { path: { contract: home }, query: { limit: MOST } } })),
    enabled: may("refunds.list"),
  });
}

export async function csv(home: string): Promise<Blob> {
  const params = { path: { contract: home }, query: { bom: "yes" as const } };
  return data(
    api.GET("/v1/contracts/{contract}/invoices.csv", { params, parseAs: "blob" }),
  ) as Promise<unknown> as Promise<Blob>;
}

export type Refund = NonNullable<ReturnType<typeof useRefunds>["data"]>["items"][number];
export type Explained = NonNullable<ReturnType<typeof useBill>["data"]>;
