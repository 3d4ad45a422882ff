// The stock: which devices lie here, are on their way, are with customers, came back; and what becomes of them.
import { useState } from "preact/hooks";
import { api, data, type Schemas } from "~/api/client";
import { modelName, useModels } from "~/base/devices";
import { dayAndTime } from "~/base/format";
import { words } from "~/base/words";
import { Banner, Button, ButtonLink, Facts } from "~/parts/basics";
import { Dialog } from "~/parts/dialog";
import { TextField } from "~/parts/fields";
import { Tabs } from "~/parts/menu";
import { contractHref } from "../parts/contract-cells";
import { Filter, useFilter } from "../parts/filters";
import { Page } from "../parts/page";
import { type PagesOf, usePages } from "../parts/pages";
import { useSelection } from "../parts/selection";
import { type Column, DataTable } from "../parts/table";
import { w } from "../words";
import { deviceHref } from "./contract/devices";
import { Codes } from "./stock-codes";
import { Moves } from "./stock-moves";

const where = words(
  { in_stock: "在庫", shipped: "発送済み", claimed: "お客さま宅", returned: "返却・点検待ち", retired: "廃棄" },
  { in_stock: "In stock", shipped: "On its way", claimed: "With customers", returned: "Came back", retired: "Retired" },
);

const t = words(
  {
    lead: "機器が1台ずつ、いまどこにあるか。「x」で選ぶと、まとめて発送済みや廃棄にできます。",
    places: "どこにあるか",
    serial: "製造番号",
    begins: "製造番号のはじめ",
    since: "いつから",
    hardware: "型",
    firmware: "版",
    takeIn: "新しい機器を入れる",
    back: (count: string) => `戻ってきた機器が${count}あります。点検して、在庫に戻すか廃棄にしてください。`,
    count: (count: number, more: boolean) => `${count}台${more ? "以上" : ""}`,
    toBack: "見る",
    none: "在庫はありません。届いた機器は「新しい機器を入れる」で登録します。",
    noneThere: "ここに機器はありません。",
    seen: "機器の様子を見る",
    toContract: "契約を見る",
  },
  {
    lead: "Where each single device is. Press x to select some, and mark them shipped or retired together.",
    places: "Where they are",
    serial: "Serial number",
    begins: "Serial number begins with",
    since: "Since",
    hardware: "Hardware",
    firmware: "Firmware",
    takeIn: "Take new devices in",
    back: (count: string) => `${count} came back. Look them over, then put each back into stock or retire it.`,
    count: (count: number, more: boolean) => `${count}${more ? " or more" : ""} ${count === 1 ? "device" : "devices"}`,
    toBack: "Show",
    none: "Nothing is in stock. Take in what was delivered with the button above.",
    noneThere: "No device is here.",
    seen: "How the device is",
    toContract: "The contract",
  },
);

export type Item = Schemas["StockItem"];
type State = Item["state"];
const STATES: State[] = ["in_stock", "shipped", "claimed", "returned", "retired"];
export const stockKey = ["operator", "stock"];

type Narrowed = { state: State; model?: string; serial?: string };

function useStock({ state, model = "", serial = "" }: Narrowed): PagesOf<Item> {
  return usePages<Item>([...stockKey, state, model, serial], (cursor) => {
    const query = { state, ...(model && { model }), ...(serial && { serial }), ...(cursor && { cursor }) };
    return data(api.GET("/v1/operator/stock", { params: { query } }));
  });
}

export function Stock() {
  const [chosen, setState] = useFilter("state");
  const state = STATES.find((one) => one === chosen) ?? "in_stock";
  return (
    <Page
      title={w().stock}
      lead={t().lead}
      aside={
        <ButtonLink small href="/console/stock/in">
          {t().takeIn}
        </ButtonLink>
      }
    >
      {state !== "returned" && <Back onShow={() => setState("returned")} />}
      <Codes />
      <Tabs
        label={t().places}
        of={STATES.map((value) => ({ value, label: where()[value] }))}
        value={state}
        onValue={(value) => setState(value === "in_stock" ? "" : value)}
      />
      <Shelf key={state} state={state} />
    </Page>
  );
}

/** What came back waits for somebody's hands: said before everything else. */
function Back({ onShow }: { onShow: () => void }) {
  const back = useStock({ state: "returned" });
  if (!back.data?.length) return null;
  return (
    <Banner tone="care" role="status">
      <span class="row apart">
        {t().back(t().count(back.data.length, !!back.more))}
        <Button small onClick={onShow}>
          {t().toBack}
        </Button>
      </span>
    </Banner>
  );
}

function Shelf({ state }: { state: State }) {
  const [model, setModel] = useFilter("model");
  const [serial, setSerial] = useState("");
  const [open, setOpen] = useState<Item>();
  const models = useModels().data;
  const rows = useStock({ state, model, serial });
  const selection = useSelection();
  const picked = (rows.data ?? []).filter((one) => selection.has(one.serial_number));
  const moves = picked.reduce<State[]>((all, one) => all.filter((to) => one.moves.includes(to)), picked[0]?.moves ?? []);
  const movable = !!rows.data?.some((one) => one.moves.length);
  const columns: Column<Item>[] = [
    { head: t().serial, cell: (one) => one.serial_number },
    { head: w().model, cell: (one) => modelName(models, one.model) },
    { head: t().since, cell: (one) => dayAndTime(one.since) },
    { head: t().hardware, cell: (one) => one.hardware ?? "–", wide: true },
    { head: t().firmware, cell: (one) => one.firmware ?? "–", wide: true },
    ...(state === "claimed" ? [{ head: w().contract, cell: (one: Item) => <OfContract of={one} /> }] : []),
  ];
  return (
    <div class="stack">
      <div class="filters">
        <Filter
          label={w().model}
          value={model}
          onValue={setModel}
          of={(models ?? []).map((one) => ({ value: one.model, label: modelName(models, one.model) }))}
        />
        <TextField
          label={t().begins}
          value={serial}
          onValue={(text) => setSerial(text.toUpperCase().replace(/[^A-Z0-9_-]/g, ""))}
          autocomplete="off"
          maxLength={48}
        />
        <Moves of={picked} to={moves} onDone={selection.clear} />
      </div>
      <DataTable
        label={where()[state]}
        rows={rows}
        columns={columns}
        keyOf={(one) => one.serial_number}
        onOpen={setOpen}
        {...(movable && { selection })}
        empty={<p>{state === "in_stock" && !model && !serial ? t().none : t().noneThere}</p>}
      />
      <Dialog open={!!open} title={open?.serial_number} onClose={() => setOpen(undefined)}>
        {open && <One of={open} onDone={() => setOpen(undefined)} />}
      </Dialog>
    </div>
  );
}

function OfContract({ of }: { of: Item }) {
  return of.contract ? <a href={contractHref(of.contract, "devices")}>{of.contract}</a> : <>–</>;
}

function One({ of, onDone }: { of: Item; onDone: () => void }) {
  const models = useModels().data;
  return (
    <div class="stack">
      <Facts
        of={[
          [w().model, modelName(models, of.model)],
          [t().places, where()[of.state]],
          [t().since, dayAndTime(of.since)],
          [t().hardware, of.hardware],
          [t().firmware, of.firmware],
          [w().contract, of.contract],
        ]}
      />
      {of.contract && (
        <div class="row">
          <ButtonLink small href={deviceHref(of.device)}>
            {t().seen}
          </ButtonLink>
          <ButtonLink small href={contractHref(of.contract, "devices")}>
            {t().toContract}
          </ButtonLink>
        </div>
      )}
      <Moves of={[of]} to={of.moves} onDone={onDone} alone />
    </div>
  );
}
