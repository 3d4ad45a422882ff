// What the bills' screens read.
import { api, data } from "~/api/client";
import { useQuery } from "~/api/queries";

const MOST = 100;

/** Every bill of the home, the newest first. */
export function useBills(home: string) {
  return useQuery({ queryKey: ["bills", home], queryFn: async () => (await allBills(home)).reverse(), enabled: !!home });
}

async function allBills(home: string) {
  const found = [];
  let cursor: string | undefined;
  do {
    const query = { limit: MOST, ...(cursor && { cursor }) };
    const page = await data(api.GET("/v1/contracts/{contract}/invoices", { params: { path: { contract: home }, query } }));
    found.push(...page.items);
    cursor = page.next;
  } while (cursor);
  return found;
}

export function useBill(home: string, key: string) {
  return useQuery({
    queryKey: ["bills", home, key],
    queryFn: () =>
      data(api.GET("/v1/contracts/{contract}/invoices/{invoice}", { params: { path: { contract: home, invoice: key } } })),
  });
}

/** Not for who only pays: then there is none, and nothing is said of it. */
export function useRefunds(home: string) {
  return useQuery({
    queryKey: ["bills", home, "refunds"],
    queryFn: () =>
      data(api.GET("/v1/contracts/{contract}/refunds", { params: { path: { contract: home }, query: { limit: MOST } } })),
    enabled: !!home,
  });
}

export async function csv(home: string): Promise<Blob> {
  const params = { path: { contract: home }, query: { bom: "yes" as const } };
  return data(
    api.GET("/v1/contracts/{contract}/invoices.csv", { params, parseAs: "blob" }),
  ) as Promise<unknown> as Promise<Blob>;
}

export type Bill = Awaited<ReturnType<typeof allBills>>[number];
export type Refund = NonNullable<ReturnType<typeof useRefunds>["data"]>["items"][number];
export type Explained = NonNullable<ReturnType<typeof useBill>["data"]>;
