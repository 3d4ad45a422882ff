// What the services are called, and what they offer, as the API says it.
import { api, data } from "~/api/client";
import { useQuery } from "~/api/queries";
import { said } from "~/base/words";
import { plainly } from "./words";

export type ServiceFacts = {
  service: string;
  title?: { ja: string; en: string };
  plans?: string[];
  commands?: string[];
  today?: string;
  statistics?: boolean;
};

export function useServices(): ServiceFacts[] {
  const asked = useQuery({
    queryKey: ["operator", "services"],
    queryFn: () => data(api.GET("/v1/services")),
    staleTime: 5 * 60_000,
  });
  return (asked.data?.items ?? []) as ServiceFacts[];
}

/** What a service is called; its key only while nothing better is known. */
export function useServiceNames(): (key: string) => string {
  const services = useServices();
  return (key) => said(services.find((one) => one.service === key)?.title) || plainly(key);
}

export function useServiceChoices(): { value: string; label: string }[] {
  return useServices().map((one) => ({ value: one.service, label: said(one.title) || plainly(one.service) }));
}
