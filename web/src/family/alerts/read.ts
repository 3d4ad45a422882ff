// What the alerts' screens read, and what whoever looks may do.
import { api, data } from "~/api/client";
import { useQuery } from "~/api/queries";
import { said } from "~/base/words";

export { useContract, useMay } from "~/base/contract";

const at = (contract: string) => ({ params: { path: { contract } } });
const LOOK_AGAIN = 30_000; // ms; an open alert is looked at by several people at once

export function useOpenAlerts(home: string) {
  return useQuery({
    queryKey: ["alerts", home, "open"],
    queryFn: async () => {
      const query = { open: "true", order: "newest", limit: 100 } as const;
      return (await data(api.GET("/v1/contracts/{contract}/alerts", { params: { path: { contract: home }, query } }))).items;
    },
    enabled: !!home,
    refetchInterval: LOOK_AGAIN,
  });
}

export function useAlert(home: string, alert: string, enabled = true) {
  return useQuery({
    queryKey: ["alerts", home, "one", alert],
    queryFn: () =>
      data(
        api.GET("/v1/contracts/{contract}/alerts/{alert}", { params: { path: { contract: home, alert } } }),
      ) as Promise<Alert>,
    enabled: !!home && enabled,
    refetchInterval: (query) => (query.state.data?.closed_at ? false : LOOK_AGAIN),
  });
}

export function usePeople(home: string, enabled = true) {
  return useQuery({
    queryKey: ["people", home, "told"],
    queryFn: () => data(api.GET("/v1/contracts/{contract}/people", at(home))),
    enabled: !!home && enabled,
  });
}

type Asked<T> = { data?: T | undefined };
type Data<T> = T extends Asked<infer D> ? NonNullable<D> : never;
export type Listed = Data<ReturnType<typeof useOpenAlerts>>[number];
export type Told = NonNullable<Listed["told"]>[number];
export type Next = NonNullable<Listed["next"]>[number];
/** A single alert says whom it told. */
export type Alert = Listed & { told: Told[] };
export type People = Data<ReturnType<typeof usePeople>>;
export type Person = People["items"][number];

/** Somebody as a sentence names them (花子さん): the API knows how. */
export function calledOf(people: Person[] | undefined, person: string): string {
  return said(people?.find((one) => one.person === person)?.called) || person;
}

/** The same person where the name stands by itself: as the family wrote it. */
export const nameOf = (people: Person[] | undefined, person: string): string =>
  people?.find((one) => one.person === person)?.name || person;
