// One contract, as the API shows it to whoever asks: read once, for every screen that needs it.
import { api, data, type Schemas } from "~/api/client";
import { useQuery } from "~/api/queries";
import { useHomes } from "./homes";

export type Contract = Schemas["Contract"];

/** The contract with the caller's role, what it may do, and the version that a change has to name. */
export function useContract(home: string) {
  return useQuery({
    queryKey: ["contract", home],
    queryFn: () => data(api.GET("/v1/contracts/{contract}", { params: { path: { contract: home } } })) as Promise<Contract>,
    enabled: !!home,
  });
}

/** Whether whoever looks may do something here; no until it is known. The list of homes says so; to operators, the contract. */
export function useMay(home: string): (action: string) => boolean {
  const homes = useHomes();
  const listed = homes.data?.find((one) => one.id === home)?.may;
  const contract = useContract(homes.data && !listed ? home : "");
  const may = listed ?? contract.data?.may;
  return (action) => may?.includes(action) ?? false;
}

/** What happened with the contract, and what comes: for those who may know. */
export function useCalendar(home: string, wanted = true) {
  const may = useMay(wanted ? home : "");
  return useQuery({
    queryKey: ["contract", home, "calendar"],
    queryFn: () => data(api.GET("/v1/contracts/{contract}/calendar", { params: { path: { contract: home } } })),
    enabled: wanted && may("contracts.calendar"),
  });
}

export type Moment = NonNullable<ReturnType<typeof useCalendar>["data"]>["items"][number];
