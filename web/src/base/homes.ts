// The homes that whoever is signed in may see, and which one the address names: /homes/<contract>/…
import { useLocation } from "preact-iso";
import { api, data, type Schemas } from "~/api/client";
import { useQuery } from "~/api/queries";
import { who } from "~/api/session";
import { day, month } from "./format";
import { said, words } from "./words";

const w = words(
  {
    since: (name: string, when: string) => `${name}(${when}から)`,
    counted: (name: string, place: number) => `${name}(${place})`,
  },
  {
    since: (name: string, when: string) => `${name} (since ${when})`,
    counted: (name: string, place: number) => `${name} (${place})`,
  },
);

export type Home = Schemas["Contract"];

export const homesKey = ["homes"];

/** All homes; what is over comes last. */
export function useHomes() {
  return useQuery({
    queryKey: homesKey,
    enabled: !!who.value, // nobody's homes are asked for on the way in
    queryFn: async () => {
      const page = await data(api.GET("/v1/contracts", { params: { query: { limit: 100 } } }));
      return page.items.toSorted((one, other) => Number(isOver(one)) - Number(isOver(other)));
    },
  });
}

/** Whether whoever is signed in may do something in this home. Operators, of whom the list says nothing, may. */
export const mayIn = (home: Home, action: string): boolean => home.may?.includes(action) ?? true;

// What a screen of a home cannot do without: where that is not allowed, nothing leads there.
const NEEDS: Record<string, string> = {
  days: "history.view",
  months: "history.view",
  alerts: "alerts.list",
  wishes: "wishes.list",
  people: "consents.list",
  bills: "invoices.list",
};

/** Whether a screen of the home (`days`, `bills`, …) is open to whoever is signed in. */
export const opens = (home: Home, screen: string): boolean => !NEEDS[screen] || mayIn(home, NEEDS[screen]);

export const isOver = (home: Home) => home.state === "ended" || home.state === "refused";

/** The home that the address names, else the first; "" while none is known. */
export function useHomeId(): string {
  const { path } = useLocation();
  const homes = useHomes();
  return /^\/homes\/([^/]+)/.exec(path)?.[1] ?? homes.data?.[0]?.id ?? "";
}

export function useHome(): Home | undefined {
  const id = useHomeId();
  return useHomes().data?.find((home) => home.id === id);
}

/** The services, with their titles. */
export const useServices = () =>
  useQuery({ queryKey: ["services"], queryFn: () => data(api.GET("/v1/services")), staleTime: 60 * 60_000 });

/** What each home is called: as the family calls it, else by its service; those that would be called alike, by since when they are. */
export function useHomeName(): (home: Home) => string {
  const services = useServices();
  const homes = useHomes();
  const title = (home: Home) => said(services.data?.items.find((one) => one.service === home.service)?.title);
  return (home) => nameAmong(home, homes.data ?? [], title);
}

/** Pure: `title` is what a home is called that nobody named. */
export function nameAmong(home: Home, all: Home[], title: (home: Home) => string): string {
  const own = (one: Home) => one.label || title(one);
  const name = own(home);
  const twins = all.filter((one) => own(one) === name);
  if (twins.length < 2 || !name) return name;
  const since = (one: Home) => String(one.formed_on ?? one.applied_at ?? "");
  const alone = (said: (one: Home) => string) => twins.filter((one) => said(one) === said(home)).length === 1;
  const when = [(one: Home) => month(since(one)), (one: Home) => day(since(one))].find(alone);
  return when && since(home)
    ? w().since(name, when(home))
    : w().counted(name, twins.findIndex((one) => one.id === home.id) + 1);
}
