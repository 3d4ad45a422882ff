// What days and months read. A day that is over does not change any more; the one that is on is read anew.
import type { FetchQueryOptions } from "@tanstack/preact-query";
import { useEffect } from "preact/hooks";
import { api, data } from "~/api/client";
import { useQuery, useQueryClient } from "~/api/queries";
import { dayAfter } from "~/base/format";
import { type Both, said } from "~/base/words";

const OVER_STALE = 60 * 60_000;
const LIVE_STALE = 60_000;

export type Near = [string, string][];
export type By = "quarter" | "day";

function historyOf(home: string, device: string, by: By, from: string, to: string, today: string) {
  return {
    queryKey: ["history", home, device, by, from, to],
    queryFn: () =>
      data(
        api.GET("/v1/contracts/{contract}/devices/{device}/history", {
          params: { path: { contract: home, device }, query: { by, from, to } },
        }),
      ),
    staleTime: to < today ? OVER_STALE : LIVE_STALE,
  };
}

/** A device's days, and those before and after fetched ahead, so that turning the page shows it at once. */
export function useHistory(
  home: string,
  device: string,
  by: By,
  from: string,
  to: string,
  today: string,
  near: [string, string][],
) {
  const asked = useQuery(historyOf(home, device, by, from, to, today));
  useAhead(asked.isSuccess, near, today, (first, last) => historyOf(home, device, by, first, last, today));
  return asked;
}

/** Reads what is near as soon as the page itself is there. */
function useAhead(ready: boolean, near: Near, today: string, of: (first: string, last: string) => FetchQueryOptions): void {
  const client = useQueryClient();
  const places = near.flat().join(" ");
  useEffect(() => {
    if (ready) for (const [first, last] of near) if (first <= today) client.prefetchQuery(of(first, last));
  }, [ready, places, today]);
}

function nightsOf(home: string, device: string, from: string, to: string, today: string) {
  return {
    queryKey: ["history", home, device, "nights", from, to],
    queryFn: () =>
      data(
        api.GET("/v1/contracts/{contract}/devices/{device}/sleep", {
          params: { path: { contract: home, device }, query: { from, to } },
        }),
      ),
    staleTime: to < today ? OVER_STALE : LIVE_STALE,
  };
}

export function useNights(home: string, device: string, from: string, to: string, today: string, near: Near) {
  const asked = useQuery(nightsOf(home, device, from, to, today));
  useAhead(asked.isSuccess, near, today, (first, last) => nightsOf(home, device, first, last, today));
  return asked;
}

export function useWatches(home: string, device: string) {
  return useQuery({
    queryKey: ["watches", home, device],
    queryFn: () =>
      data(api.GET("/v1/contracts/{contract}/devices/{device}/watches", { params: { path: { contract: home, device } } })),
    staleTime: LIVE_STALE,
  });
}

/** The states of a bed in words, as its model says them. */
export function useStates(model: string): Record<string, string> | undefined {
  const asked = useQuery({
    queryKey: ["device-model", model],
    queryFn: () => data(api.GET("/v1/device-models/{model}", { params: { path: { model } } })),
    staleTime: OVER_STALE,
  });
  const metrics = asked.data?.metrics as Record<string, { kind?: string; values?: Record<string, Both> }> | undefined;
  const values = Object.values(metrics ?? {}).find((about) => about.kind === "state" && about.values)?.values;
  return values && Object.fromEntries(Object.entries(values).map(([state, words]) => [state, said(words)]));
}

/** What is seen as a file: a day by quarters of an hour, a month by days. */
export async function csv(home: string, device: string, from: string, to: string, fine: boolean): Promise<Blob> {
  const query = { by: fine ? "quarter" : "day", from, to, bom: "yes" } as const;
  const params = { path: { contract: home, device }, query };
  const asked = api.GET("/v1/contracts/{contract}/devices/{device}/history.csv", { params, parseAs: "blob" });
  return data(asked) as Promise<unknown> as Promise<Blob>;
}

export const nearDays = (day: string): Near => [-1, 1].map((step) => [dayAfter(day, step), dayAfter(day, step)]);

export type History = NonNullable<ReturnType<typeof useHistory>["data"]>;
export type Summary = History["items"][number]["metrics"][string];
export type About = History["metrics"][string];
export type Watch = NonNullable<ReturnType<typeof useWatches>["data"]>["items"][number];
export type Night = {
  day: string;
  to_bed_at?: string | null;
  asleep_at?: string | null;
  awake_at?: string | null;
  up_at?: string | null;
  asleep_minutes: number;
  awake_minutes: number;
  times_up: number;
  nap_minutes?: number;
  calm_percent?: number | null;
};
