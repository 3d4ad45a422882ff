// The bills of a home, as every screen reads them that speaks of money.
import { api, data } from "~/api/client";
import { useQuery } from "~/api/queries";

const MOST = 100;

/** Every bill of the home, the newest first. */
export function useBills(home: string, wanted = true) {
  return useQuery({
    queryKey: ["bills", home],
    queryFn: async () => (await allBills(home)).reverse(),
    enabled: wanted && !!home,
  });
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

export type Bill = Awaited<ReturnType<typeof allBills>>[number];

/** What is still to pay of one bill. */
export const rest = (bill: { status: string; total: number; paid: number }): number =>
  bill.status === "open" || bill.status === "overdue" ? Math.max(0, bill.total - bill.paid) : 0;
