// What the contract's screens read.
import { api, data } from "~/api/client";
import { useQuery } from "~/api/queries";

export { type Contract, type Moment, useCalendar, useContract } from "~/base/contract";

const MOST = 100;
const at = (home: string) => ({ path: { contract: home } });

/** What can be asked for now, in words. */
export function useChoices(home: string) {
  return useQuery({
    queryKey: ["contract", home, "choices"],
    queryFn: () => data(api.GET("/v1/contracts/{contract}/choices", { params: at(home) })),
    enabled: !!home,
  });
}

/** What the customer was told, the newest first. */
export function useNotices(home: string) {
  return useQuery({
    queryKey: ["contract", home, "notices"],
    queryFn: async () => {
      const found = [];
      let cursor: string | undefined;
      do {
        const query = { limit: MOST, ...(cursor && { cursor }) };
        const page = await data(api.GET("/v1/contracts/{contract}/notices", { params: { ...at(home), query } }));
        found.push(...page.items);
        cursor = page.next;
      } while (cursor);
      return found.reverse();
    },
  });
}

/** Also those that went back. */
export function useAllDevices(home: string) {
  return useQuery({
    queryKey: ["devices", home, "all"],
    queryFn: () => data(api.GET("/v1/contracts/{contract}/devices", { params: at(home) })),
  });
}

export type Choices = NonNullable<ReturnType<typeof useChoices>["data"]>;
export type Step = Choices["items"][number];
export type Ask = Step["fields"][number];
export type Device = NonNullable<ReturnType<typeof useAllDevices>["data"]>["items"][number];
