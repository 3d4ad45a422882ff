// The devices of a home and their models: what they are called, what they measure, what may be set.
import { api, data } from "~/api/client";
import { useQuery } from "~/api/queries";
import { type Both, said } from "./words";

const HOUR = 3_600_000; // ms; models change with a release only

export function useDevices(home: string) {
  return useQuery({
    queryKey: ["devices", home],
    queryFn: async () => {
      const params = { path: { contract: home } };
      return (await data(api.GET("/v1/contracts/{contract}/devices", { params }))).items.filter((one) => !one.released_at);
    },
    enabled: !!home,
  });
}

export function useModels() {
  return useQuery({
    queryKey: ["models"],
    queryFn: async () => (await data(api.GET("/v1/device-models"))).items,
    staleTime: HOUR,
  });
}

type Asked<T> = { data?: T | undefined };
type Data<T> = T extends Asked<infer D> ? NonNullable<D> : never;
export type Device = Data<ReturnType<typeof useDevices>>[number];
export type Model = Data<ReturnType<typeof useModels>>[number];

export const modelOf = (models: Model[] | undefined, device: { model: string }): Model | undefined =>
  models?.find((one) => one.model === device.model);

/** What its people call a device, else what its model is called. */
export function deviceName(device: { label?: string | null; model: string }, models: Model[] | undefined): string {
  return device.label || said(modelOf(models, device)?.name as Partial<Both> | undefined) || device.model;
}

/** What a model is called; its key only while nothing better is known. */
export const modelName = (models: Model[] | undefined, model: string): string =>
  said(modelOf(models, { model })?.name as Partial<Both> | undefined) || model;
