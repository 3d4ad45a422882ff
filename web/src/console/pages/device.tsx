// What came from a device, what was noticed and who was told: one timeline, never what was measured.
import { useRoute } from "preact-iso";
import { api, data } from "~/api/client";
import { useQuery } from "~/api/queries";
import { dayAfter, dayAndTime, isoDay } from "~/base/format";
import { words } from "~/base/words";
import { Banner, ButtonLink, Chip, type Tone } from "~/parts/basics";
import { TextField } from "~/parts/fields";
import { contractHref } from "../parts/contract-cells";
import { useFilter } from "../parts/filters";
import { Page } from "../parts/page";
import { type Column, DataTable } from "../parts/table";
import { spoken, w } from "../words";
import { type Entry, traced } from "./traced";

const t = words(
  {
    lead: "届いたもの、気づいたこと、知らせたこと。測った値は出しません。",
    day: "この日(空なら、いままでの24時間)",
    ofContract: "契約を見る",
    at: "時刻",
    about: "くわしく",
    none: "この日には何も届いていません。ほかの日もご覧ください。",
    part: "多すぎるため、一部だけを出しています。",
  },
  {
    lead: "What came, what was noticed, who was told. Never what was measured.",
    day: "On this day (else the last 24 hours)",
    ofContract: "The contract",
    at: "At",
    about: "Details",
    none: "Nothing came on this day. Look at other days too.",
    part: "There is too much for one page: only a part is shown.",
  },
);

const kinds = words(
  {
    message: "受信",
    set_aside: "読めなかった",
    replayed: "読み直した",
    alert_opened: "お知らせが出た",
    acknowledged: "確認された",
    alert_closed: "お知らせが終わった",
    told: "知らせた",
    reached: "送った結果",
    wish_asked: "操作の依頼",
    wish_sent: "機器へ送った",
    wish_settled: "操作の結果",
  },
  {
    message: "Message",
    set_aside: "Could not be read",
    replayed: "Played again",
    alert_opened: "Alert opened",
    acknowledged: "Acknowledged",
    alert_closed: "Alert closed",
    told: "Somebody was told",
    reached: "How sending went",
    wish_asked: "Wish asked for",
    wish_sent: "Sent to the device",
    wish_settled: "Wish settled",
  },
);
const TONES: Record<string, Tone> = { set_aside: "care", alert_opened: "alarm", alert_closed: "good", acknowledged: "info" };

export function Device() {
  const device = useRoute().params.device ?? "";
  const [day, setDay] = useFilter("day");
  const from = day || isoDay(new Date());
  const asked = useQuery({
    queryKey: ["operator", "trace", device, day],
    queryFn: () =>
      data(
        api.GET("/v1/operator/devices/{device}/trace", {
          params: {
            path: { device },
            query: day ? { from: `${from}T00:00:00+09:00`, to: `${dayAfter(from, 1)}T00:00:00+09:00` } : {},
          },
        }),
      ),
  });
  const contract = asked.data?.contract;
  const items = asked.data && (asked.data.items as Entry[]).toReversed();
  return (
    <Page
      title={device}
      lead={t().lead}
      aside={
        contract && (
          <ButtonLink small href={contractHref(contract, "devices")}>
            {t().ofContract}
          </ButtonLink>
        )
      }
    >
      <div class="filters">
        <TextField label={t().day} type="date" value={day} onValue={setDay} />
      </div>
      {asked.data?.complete === false && <Banner tone="care">{t().part}</Banner>}
      <DataTable
        label={w().device}
        rows={{ ...asked, data: items }}
        columns={columns()}
        keyOf={(one) => JSON.stringify(one)}
        empty={<p>{t().none}</p>}
      />
    </Page>
  );
}

function columns(): Column<Entry>[] {
  return [
    { head: t().at, cell: (one) => dayAndTime(one.at) },
    { head: w().what, cell: (one) => <Kind of={one.kind} /> },
    { head: t().about, cell: (one) => traced(one), wraps: true },
  ];
}

function Kind({ of }: { of: string }) {
  const tone = TONES[of];
  return <Chip {...(tone && { tone })}>{spoken(kinds(), of)}</Chip>;
}
