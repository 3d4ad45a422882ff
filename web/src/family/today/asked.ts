// What Today asks beside the look at the home itself: small things that change slowly.
import { api, data } from "~/api/client";
import { useQuery } from "~/api/queries";
import { type Now, subjectOf } from "~/base/now";

const SLOW = 5 * 60_000;
const SLOWEST = 60 * 60_000;

const deviceOf = (now: Now, ...subjects: string[]) =>
  now.devices.find((device) => device.values.some((value) => subjects.includes(subjectOf(value) ?? "")))?.device ?? "";

/** The night that ended today; undefined where nobody knows, or no bed is watched. */
export function useNight(home: string, now: Now, today: string) {
  const device = deviceOf(now, "sleep");
  const path = { contract: home, device };
  const asked = useQuery({
    queryKey: ["history", home, "night", device, today],
    queryFn: () =>
      data(api.GET("/v1/contracts/{contract}/devices/{device}/sleep", { params: { path, query: { from: today, to: today } } })),
    enabled: !!device,
    staleTime: SLOW,
  });
  return asked.data?.items[0] as { up_at?: string | null; asleep_minutes?: number } | undefined;
}

/** Kilowatt-hours of today: of the device that counts what is used or made. */
export function useEnergy(home: string, device: string, today: string, counts: boolean) {
  const path = { contract: home, device };
  const asked = useQuery({
    queryKey: ["history", home, "energy", device, today],
    queryFn: () =>
      data(
        api.GET("/v1/contracts/{contract}/devices/{device}/energy", { params: { path, query: { from: today, to: today } } }),
      ),
    enabled: counts,
    staleTime: SLOW,
  });
  return (asked.data?.items[0] as { total_kwh?: number } | undefined)?.total_kwh;
}

export function useOpenAlerts(home: string, count: number) {
  const query = { open: "true", order: "newest", limit: 20 } as const;
  return useQuery({
    queryKey: ["alerts", home, "open", count],
    queryFn: () => data(api.GET("/v1/contracts/{contract}/alerts", { params: { path: { contract: home }, query } })),
    enabled: count > 0,
  });
}

export type Alert = NonNullable<ReturnType<typeof useOpenAlerts>["data"]>["items"][number];

export { useCalendar as useNext } from "~/base/contract";

/** A text that the service's terms want beside what is shown. */
export function useText(service: string, rule: string) {
  return useQuery({
    queryKey: ["rule", service, rule],
    queryFn: () => data(api.GET("/v1/services/{service}/rules/{rule}", { params: { path: { service, rule } } })),
    staleTime: SLOWEST,
  });
}
