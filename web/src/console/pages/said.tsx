// What has been announced of a service already, and its interruptions.
import { api, data } from "~/api/client";
import { useQuery } from "~/api/queries";
import { day } from "~/base/format";
import { said, words } from "~/base/words";
import { Card } from "~/parts/basics";
import { DataTable } from "../parts/table";
import { plainly, spoken, w } from "../words";
import { serviceCommandName } from "../words/commands";

const t = words(
  { title: "これまでに知らせたこと", effective: "効力の日", announced: "知らせた日", none: "まだ何も知らせていません。" },
  { title: "Announced so far", effective: "Effective", announced: "Announced", none: "Nothing has been announced yet." },
);

type Announcement = Record<string, unknown> & {
  kind?: string;
  effective_on?: string;
  announced_on?: string;
  text?: { ja: string; en: string };
};

export function Said({ service }: { service: string }) {
  const asked = useQuery({
    queryKey: ["operator", "service", service],
    queryFn: () => data(api.GET("/v1/services/{service}", { params: { path: { service } } })),
  });
  const rows = (asked.data as { announcements?: Announcement[] } | undefined)?.announcements;
  return (
    <Card title={t().title}>
      <DataTable
        label={t().title}
        rows={{ ...asked, data: rows }}
        keyOf={(one) => JSON.stringify(one)}
        columns={[
          { head: w().what, cell: (one) => said(one.text) || nameOf(one) },
          { head: t().announced, cell: (one) => (one.announced_on ? day(one.announced_on) : "–") },
          { head: t().effective, cell: (one) => (one.effective_on ? day(one.effective_on) : "–") },
        ]}
        empty={<p>{t().none}</p>}
      />
    </Card>
  );
}

const nameOf = (one: Announcement) => {
  const kind = String(one.kind ?? "");
  const named = serviceCommandName(`announce_${kind}`);
  return named === plainly(`announce_${kind}`) ? spoken({}, kind) : named;
};
