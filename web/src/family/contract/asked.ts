// What the contract's screens read.
import { api, data, versioned } from "~/api/client";
import { useQuery } from "~/api/queries";

const MOST = 100;
const at = (home: string) => ({ path: { contract: home } });

/** The contract with the version that was read. */
export function useContract(home: string) {
  return useQuery({
    queryKey: ["contract", home],
    queryFn: () => versioned(api.GET("/v1/contracts/{contract}", { params: at(home) })),
    enabled: !!home,
  });
}

/** What happened with the contract and what comes. */
export function useCalendar(home: string) {
  return useQuery({
    queryKey: ["contract", home, "calendar"],
    queryFn: () => data(api.GET("/v1/contracts/{contract}/calendar", { params: at(home) })),
    enabled: !!home,
  });
}

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

export function useDevices(home: string) {
  return useQuery({
    queryKey: ["devices", home],
    queryFn: () => data(api.GET("/v1/contracts/{contract}/devices", { params: at(home) })),
  });
}

/** What kinds of device are called, by their key. */
export function useModels() {
  return useQuery({
    queryKey: ["device-models"],
    queryFn: async () => {
      const page = await data(api.GET("/v1/device-models", {}));
      return new Map(page.items.map((model) => [model.model, model.name as { ja: string; en: string }]));
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export type Contract = NonNullable<ReturnType<typeof useContract>["data"]>["data"];
export type Moment = NonNullable<ReturnType<typeof useCalendar>["data"]>["items"][number];
export type Choices = NonNullable<ReturnType<typeof useChoices>["data"]>;
export type Step = Choices["items"][number];
export type Ask = Step["fields"][number];
export type Device = NonNullable<ReturnType<typeof useDevices>["data"]>["items"][number];
