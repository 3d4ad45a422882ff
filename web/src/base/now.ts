// The home as it is now, as every screen reads it: one request, one key, however many look.
import { api, data } from "~/api/client";
import { useQueries, useQuery } from "~/api/queries";
import { type Home, isOver, mayIn, useHomes } from "./homes";

const EVERY = 60_000;

async function look(home: string) {
  const asked = await api.GET("/v1/contracts/{contract}/now", { params: { path: { contract: home } } });
  const now = await data(Promise.resolve(asked));
  // Without a line the service worker answers with what it saw last.
  return { ...now, seenBefore: asked.response.headers.has("X-Seen-Before") };
}

export type Now = Awaited<ReturnType<typeof look>>;
export type DeviceNow = Now["devices"][number];
export type ValueNow = DeviceNow["values"][number];

/** Whether there is anything to look at: the contract is formed, and not over. */
export const begun = (home: Home) => !!home.formed_on && !isOver(home);

/** Nothing is asked about a home that nobody may look at yet, or any more. */
export function useNow(home: string) {
  const homes = useHomes().data;
  const known = homes?.find((one) => one.id === home);
  const may = known ? mayLook(known) : !!homes; // an operator looks at homes that are not listed
  return useQuery(looking(home, !!home && may));
}

const mayLook = (home: Home) => begun(home) && mayIn(home, "now.view");
const looking = (home: string, enabled: boolean) => ({
  queryKey: ["now", home],
  queryFn: () => look(home),
  enabled,
  refetchInterval: EVERY,
});

/** Those homes in which something is open come first; else as they are. */
export function useUrgentFirst(homes: Home[]): Home[] {
  const seen = useQueries({ queries: homes.map((home) => looking(home.id, mayLook(home))) });
  const open = new Map(homes.map((home, place) => [home.id, !!seen[place]?.data?.open_alerts]));
  return homes.toSorted((one, other) => Number(open.get(other.id)) - Number(open.get(one.id)));
}

/** What can be looked at of a home over time, in the order in which people ask for it. */
export const SUBJECTS = ["activity", "sleep", "heart", "room", "energy", "pv", "body"] as const;
export type Subject = (typeof SUBJECTS)[number];

/** Under which subject a value stands; undefined for what is the device's own affair (battery, signal, codes). */
export function subjectOf({ data: of, kind }: Pick<ValueNow, "data" | "kind">): Subject | undefined {
  if (of === "vitals") return kind === "spot" ? "body" : "heart";
  return SUBJECTS.find((subject) => subject === of);
}

/** The subjects of a home, and the devices that tell of each. */
export function subjectsOf(devices: DeviceNow[]): { subject: Subject; devices: DeviceNow[] }[] {
  return SUBJECTS.map((subject) => ({
    subject,
    devices: devices.filter((device) => device.values.some((value) => subjectOf(value) === subject)),
  })).filter((one) => one.devices.length > 0);
}
