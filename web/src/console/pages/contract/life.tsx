// A contract's whole life on one timeline: what comes above, what happened below, narrowed to a kind at will.
import { useState } from "preact/hooks";
import { api, data, type Schemas } from "~/api/client";
import { yen } from "~/base/format";
import { said, words } from "~/base/words";
import { Button, Card, Chip } from "~/parts/basics";
import { dayIn, instantIn, useToday } from "../../days";
import { Filter, useFilter } from "../../parts/filters";
import { usePages } from "../../parts/pages";
import { type Column, DataTable } from "../../parts/table";
import { plainly, spoken, w } from "../../words";

export type Entry = Schemas["Timeline"]["items"][number];

export const groups = words(
  {
    contract: "契約",
    bill: "請求",
    payment: "支払い",
    refund: "返金",
    equipment: "機器の発送・回収",
    notice: "通知",
    alert: "見守りのお知らせ",
    device: "機器",
    wish: "操作",
    task: "対応",
  },
  {
    contract: "Contract",
    bill: "Bill",
    payment: "Payment",
    refund: "Refund",
    equipment: "Equipment",
    notice: "Told",
    alert: "Alert",
    device: "Device",
    wish: "Wish",
    task: "Task",
  },
);

export const actors = words(
  { system: "自動", operator: "事務", contractor: "契約者", family: "ご家族", watched: "ご本人", payer: "お支払いの方" },
  {
    system: "by itself",
    operator: "office",
    contractor: "holder",
    family: "family",
    watched: "watched person",
    payer: "payer",
  },
);

const t = words(
  {
    past: "これまで",
    rest: (count: number) => `あと${count}件を見る`,
    when: "いつ",
    by: "だれが",
    none: "この種類の出来事はありません。",
  },
  {
    past: "So far",
    rest: (count: number) => `Show ${count} more`,
    when: "When",
    by: "By",
    none: "Nothing of this kind has happened.",
  },
);

const FIRST = 5; // of what comes: the rest at a press

type Kind = keyof ReturnType<typeof groups>;

function useLife(id: string, group: string) {
  return usePages<Entry>(["contract", id, "life", group], (cursor) =>
    data(
      api.GET("/v1/operator/contracts/{contract}/timeline", {
        params: { path: { contract: id }, query: { ...(group && { group: group as Kind }), ...(cursor && { cursor }) } },
      }),
    ),
  );
}

export function Life({ id }: { id: string }) {
  const [group, setGroup] = useFilter("group");
  const rows = useLife(id, group);
  const choices = Object.entries(groups()).map(([value, label]) => ({ value, label }));
  const today = useToday();
  const [all, setAll] = useState(false);
  const coming = rows.data?.filter((one) => !one.happened).toReversed(); // the next first
  return (
    <div class="stack">
      <div class="filters">
        <Filter label={w().kind} value={group} onValue={setGroup} of={choices} />
      </div>
      {coming?.length ? (
        <Card title={w().coming}>
          <DataTable
            label={w().coming}
            rows={{ data: all ? coming : coming.slice(0, FIRST) }}
            columns={columns(today)}
            keyOf={keyOf}
            empty=""
          />
          {!all && coming.length > FIRST && (
            <Button kind="quiet" small onClick={() => setAll(true)}>
              {t().rest(coming.length - FIRST)}
            </Button>
          )}
        </Card>
      ) : null}
      <Card title={t().past}>
        <DataTable
          label={t().past}
          rows={{ ...rows, data: rows.data?.filter((one) => one.happened) }}
          columns={columns(today)}
          keyOf={keyOf}
          empty={<p>{t().none}</p>}
        />
      </Card>
    </div>
  );
}

const keyOf = (one: Entry) => `${one.at} ${one.group} ${one.kind} ${JSON.stringify(one.about)}`;

function columns(today: string): Column<Entry>[] {
  return [
    { head: t().when, cell: (one) => (one.happened ? instantIn(one.at, today) : dayIn(one.at, today)) },
    { head: w().kind, cell: (one) => <Chip>{spoken(groups(), one.group)}</Chip> },
    { head: w().what, cell: (one) => said(one.text) || plainly(one.kind), wraps: true },
    { head: w().amount, cell: amount, figure: true },
    { head: t().by, cell: (one) => (one.by ? spoken(actors(), one.by) : ""), wide: true },
    { head: w().rule, cell: (one) => <span class="soft small">{one.rules.join(" ")}</span>, wide: true },
  ];
}

/** The sum an entry speaks of, where it speaks of one. */
function amount(one: Entry) {
  const about = one.about as Record<string, unknown>;
  const sum = about.amount ?? about.total;
  return typeof sum === "number" ? yen(sum) : "";
}
