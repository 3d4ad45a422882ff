// The contract's devices: what each is, when it was last heard of. A device leads to what came from it.
import { api, data } from "~/api/client";
import { useQuery } from "~/api/queries";
import { modelName, useModels } from "~/base/devices";
import { dayAndTime } from "~/base/format";
import { words } from "~/base/words";
import { DataTable } from "../../parts/table";
import { w } from "../../words";

const t = words(
  {
    title: "機器",
    label: "呼び名",
    heard: "最後の受信",
    none: "つないだ機器はまだありません。",
    never: "まだ一度も届いていません",
  },
  { title: "Devices", label: "Called", heard: "Last heard of", none: "No device is connected yet.", never: "Never heard of" },
);

type Device = { device: string; model?: string; name?: string; label?: string; last_received_at?: string | null };

export const deviceHref = (device: string) => `/console/fleet/${encodeURIComponent(device)}`;

export function Devices({ id }: { id: string }) {
  const models = useModels().data;
  const asked = useQuery({
    queryKey: ["devices", id],
    queryFn: async () =>
      (await data(api.GET("/v1/contracts/{contract}/devices", { params: { path: { contract: id } } })))
        .items as unknown as Device[],
  });
  return (
    <DataTable
      label={t().title}
      rows={asked}
      keyOf={(one) => one.device}
      href={(one) => deviceHref(one.device)}
      columns={[
        { head: w().device, cell: (one) => one.device },
        { head: t().label, cell: (one) => one.name ?? one.label ?? "" },
        { head: w().model, cell: (one) => modelName(models, one.model ?? "") },
        { head: t().heard, cell: (one) => (one.last_received_at ? dayAndTime(one.last_received_at) : t().never) },
      ]}
      empty={<p>{t().none}</p>}
    />
  );
}
