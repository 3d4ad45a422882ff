// What contracts are called, one beside the other.
import { api, data } from "~/api/client";
import { useQuery } from "~/api/queries";
import { useHomes } from "~/base/homes";
import { said } from "~/base/words";

/** A contract's name: its service's title. */
export function useTitles(): (home: string) => string {
  const homes = useHomes();
  const services = useQuery({
    queryKey: ["services"],
    queryFn: async () => (await data(api.GET("/v1/services", {}))).items,
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (home) => {
    const key = homes.data?.find((one) => one.id === home)?.service;
    const title = services.data?.find((one) => one.service === key)?.title as { ja: string; en: string } | undefined;
    return said(title);
  };
}
