// What the screens of wishes read. A wish is looked at again and again only while it is open.
import { useInfiniteQuery } from "@tanstack/preact-query";
import { api, data } from "~/api/client";
import { useQuery } from "~/api/queries";
import type { Model } from "~/base/devices";
import { useNow } from "~/base/now";
import { isOpen, type Setting, type Wish } from "./view";

export { useMay } from "~/base/contract";
export { useNow };

const LOOK_AGAIN = 2_500; // ms
const SHOWN = 5;

export function useWishes(home: string, device: string) {
  return useQuery({
    queryKey: ["wishes", home, device],
    queryFn: async () => {
      const params = { path: { contract: home, device }, query: { limit: SHOWN } };
      return (await data(api.GET("/v1/contracts/{contract}/devices/{device}/wishes", { params }))).items as Wish[];
    },
    refetchInterval: (query) => (query.state.data?.some(isOpen) ? LOOK_AGAIN : false),
  });
}

export function useHistory(home: string, device: string, others: boolean) {
  return useInfiniteQuery({
    queryKey: ["wishes", home, device, "history", others],
    initialPageParam: "",
    queryFn: async ({ pageParam }) => {
      const query = { limit: 20, ...(others && { by: "others" as const }), ...(pageParam && { cursor: pageParam }) };
      const params = { path: { contract: home, device }, query };
      return data(api.GET("/v1/contracts/{contract}/devices/{device}/wishes", { params }));
    },
    getNextPageParam: (last) => last.next,
    enabled: !!device,
  });
}

type Asked<T> = { data?: T | undefined };
type Data<T> = T extends Asked<infer D> ? NonNullable<D> : never;
export type DeviceNow = Data<ReturnType<typeof useNow>>["devices"][number];

/** What of a model can be set from afar: in the home, or how the device itself works. */
export function settingsOf(model: Model | undefined, upkeep: boolean): Setting[] {
  return ((model?.settings ?? []) as unknown as Setting[]).filter((one) => !!one.upkeep === upkeep);
}
