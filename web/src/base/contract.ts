// One contract, as the API shows it to whoever asks: read once, for every screen that needs it.
import { api, data, type Schemas } from "~/api/client";
import { useQuery } from "~/api/queries";

export type Contract = Schemas["Contract"];

/** The contract with the caller's role, what it may do, and the version that a change has to name. */
export function useContract(home: string) {
  return useQuery({
    queryKey: ["contract", home],
    queryFn: () => data(api.GET("/v1/contracts/{contract}", { params: { path: { contract: home } } })) as Promise<Contract>,
    enabled: !!home,
  });
}

/** Whether whoever looks may do something here; no until it is known. */
export function useMay(home: string): (action: string) => boolean {
  const contract = useContract(home);
  return (action) => contract.data?.may?.includes(action) ?? false;
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
