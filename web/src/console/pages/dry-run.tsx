// What an announcement would mean for every living contract, page by page; the sums come with the last page.
import { useEffect } from "preact/hooks";
import { api, data, key, newKey, type Schemas } from "~/api/client";
import { yen } from "~/base/format";
import { words } from "~/base/words";
import { Banner, Card, Chip, Facts } from "~/parts/basics";
import type { Option } from "~/parts/fields";
import { useKnown } from "../forms/openapi";
import { contractHref, dayOr, StateChip } from "../parts/contract-cells";
import { usePages } from "../parts/pages";
import { type Column, DataTable } from "../parts/table";
import { added } from "../sums";
import { w } from "../words";
import type { ServiceCommand } from "../words/commands";

const t = words(
  {
    title: "契約ごとの影響(まだ何も変わっていません)",
    sofar: "ここまで",
    totals: "全契約",
    more: "高くなる",
    less: "安くなる",
    same: "変わらない",
    earlier: "早く終わる",
    told: "お知らせが届く",
    difference: "請求の差",
    before: "いまのまま",
    after: "実行すると",
    ends: "終了",
    none: "影響を受ける契約はありません。",
    unreckoned: (count: number) => `計算できない契約が${count}件あります。`,
    effective: (day: string) => `効力の日 ${day}`,
  },
  {
    title: "What it means for each contract (nothing has changed yet)",
    sofar: "So far",
    totals: "All contracts",
    more: "Pay more",
    less: "Pay less",
    same: "Pay the same",
    earlier: "End earlier",
    told: "Are told",
    difference: "Difference",
    before: "As it is",
    after: "Then",
    ends: "Ends",
    none: "No contract is touched.",
    unreckoned: (count: number) => `${count} contracts could not be reckoned.`,
    effective: (day: string) => `Effective ${day}`,
  },
);

type DryRun = Schemas["DryRun"];
type Line = DryRun["items"][number];
type Sums = DryRun["page"];
type Props = { service: string; command: ServiceCommand; body: Record<string, unknown>; onWrong: (wrong: unknown) => void };

export function DryRunView({ service, command, body, onWrong }: Props) {
  const door = `/v1/services/{service}/commands/${command}/dry-run` as "/v1/services/{service}/commands/announce_tax/dry-run";
  const plans = useKnown(service).plan ?? [];
  const rows = usePages<Line, DryRun>(["operator", "dry-run", service, command, body], (cursor) =>
    data(
      api.POST(door, {
        params: { path: { service }, query: cursor ? { cursor } : {}, header: key(newKey()) },
        body: body as never,
      }),
    ),
  );
  useEffect(() => {
    if (rows.error) onWrong(rows.error);
  }, [rows.error]);
  if (rows.error) return null;
  const last = rows.pages?.at(-1);
  const sums = last?.totals ?? (rows.pages && added(rows.pages.map((page) => page.page)));
  const failed = rows.pages?.reduce((count, page) => count + (page.unreckoned?.length ?? 0), 0) ?? 0;
  return (
    <Card title={t().title} aside={last?.effective_on && <span class="soft">{t().effective(dayOr(last.effective_on))}</span>}>
      {sums && <Summed of={sums} whole={!rows.more} />}
      {failed > 0 && <Banner tone="care">{t().unreckoned(failed)}</Banner>}
      <DataTable
        label={t().title}
        rows={rows}
        columns={columns(plans)}
        keyOf={(one) => one.contract}
        href={(one) => contractHref(one.contract)}
        empty={<p>{t().none}</p>}
      />
    </Card>
  );
}

function columns(plans: Option[]): Column<Line>[] {
  return [
    { head: w().contract, cell: (one) => one.contract },
    { head: w().state, cell: (one) => <StateChip state={one.state} /> },
    { head: w().plan, cell: (one) => plans.find((plan) => plan.value === one.plan)?.label ?? one.plan, wide: true },
    { head: t().before, cell: (one) => yen(one.bills_before ?? 0), figure: true, wide: true },
    { head: t().after, cell: (one) => yen(one.bills_after ?? 0), figure: true, wide: true },
    { head: t().difference, cell: (one) => <Difference of={one.difference} />, figure: true },
    { head: t().ends, cell: (one) => dayOr(one.ends_on) },
  ];
}

function Difference({ of }: { of: number }) {
  if (!of) return <span class="soft">±0</span>;
  return <Chip tone={of > 0 ? "care" : "good"}>{`${of > 0 ? "+" : ""}${yen(of)}`}</Chip>;
}

function Summed({ of, whole }: { of: Sums; whole: boolean }) {
  return (
    <div class="head-facts">
      <Facts
        of={[
          [whole ? t().totals : t().sofar, of.contracts],
          [t().told, of.told],
          [t().earlier, of.end_earlier],
        ]}
      />
      <Facts
        of={[
          [t().more, of.pay_more],
          [t().less, of.pay_less],
          [t().same, of.pay_same],
        ]}
      />
      <Facts
        of={[
          [t().before, yen(of.bills_before)],
          [t().after, yen(of.bills_after)],
          [t().difference, yen(of.difference)],
        ]}
      />
    </div>
  );
}
