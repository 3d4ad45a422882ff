// Who of the office looked at or did what: a day, or one contract through all days that are kept.
import { api, data, type Schemas } from "~/api/client";
import { dayAndTime, time } from "~/base/format";
import { said, words } from "~/base/words";
import { Button, Chip } from "~/parts/basics";
import { TextField } from "~/parts/fields";
import { useToday } from "../days";
import { contractHref } from "../parts/contract-cells";
import { Filter, useFilter } from "../parts/filters";
import { Page } from "../parts/page";
import { usePages } from "../parts/pages";
import { type Column, DataTable } from "../parts/table";
import { spoken, w } from "../words";
import { commandName, serviceCommandName } from "../words/commands";

const t = words(
  {
    lead: "事務の人が、いつ、だれの何を見て、何をしたか。見たこと自体も、ここに残ります。",
    at: "いつ",
    who: "だれが",
    done: "見たか、変えたか",
    looked: "見た",
    changed: "変えた",
    about: "対象",
    none: "この日の記録はありません。日を変えてみてください。",
    noneOf: "この契約を見たり変えたりした記録はありません。",
    only: (name: string) => `${name} だけを見ています`,
    everybody: "全員に戻す",
    ofContract: (id: string) => `契約 ${id} の記録です`,
    allContracts: "すべての契約に戻す",
  },
  {
    lead: "Who of the office looked at or did what, when and on which contract. Looks are kept too, this one as well.",
    at: "When",
    who: "Who",
    done: "Looked or changed",
    looked: "Looked",
    changed: "Changed",
    about: "Of what",
    none: "Nothing is written of this day. Try another one.",
    noneOf: "Nobody looked at this contract or changed it.",
    only: (name: string) => `Only ${name}`,
    everybody: "Everybody",
    ofContract: (id: string) => `Contract ${id}`,
    allContracts: "All contracts",
  },
);

const kinds = words(
  {
    device: "機器",
    serial: "製造番号",
    service: "サービス",
    invoice: "請求",
    alert: "お知らせ",
    aside: "電文",
    export: "ファイル",
    account: "アカウント",
    parked: "保留",
  },
  {
    device: "device",
    serial: "serial number",
    service: "service",
    invoice: "bill",
    alert: "alert",
    aside: "message",
    export: "file",
    account: "account",
    parked: "put aside",
  },
);

type Line = Schemas["Audited"];
type Narrowed = { day: string; contract: string; operator: string; changed: string };

function useAudit({ day, contract, operator, changed }: Narrowed) {
  return usePages<Line>(["operator", "audit", day, contract, operator, changed], (cursor) => {
    const query = {
      ...(contract ? { contract } : { day }),
      ...(operator && { operator }),
      ...(changed && { changed: changed as "yes" | "no" }),
      ...(cursor && { cursor }),
    };
    return data(api.GET("/v1/operator/audit", { params: { query } }));
  });
}

export function Audit() {
  const today = useToday();
  const [chosen, setDay] = useFilter("day");
  const [contract, setContract] = useFilter("contract");
  const [operator, setOperator] = useFilter("operator");
  const [changed, setChanged] = useFilter("changed");
  const day = chosen || today;
  const rows = useAudit({ day, contract, operator, changed });
  const name = rows.data?.find((one) => one.operator === operator)?.name || operator;
  return (
    <Page title={w().audit} lead={t().lead}>
      <div class="filters">
        {!contract && <TextField label={w().day} type="date" value={day} max={today} onValue={setDay} />}
        <Filter
          label={t().done}
          value={changed}
          onValue={setChanged}
          of={[
            { value: "no", label: t().looked },
            { value: "yes", label: t().changed },
          ]}
        />
        <div class="row acts">
          {contract && <Only text={t().ofContract(contract)} back={t().allContracts} onBack={() => setContract("")} />}
          {operator && <Only text={t().only(name)} back={t().everybody} onBack={() => setOperator("")} />}
        </div>
      </div>
      <DataTable
        label={w().audit}
        rows={rows}
        columns={columns(contract, setOperator)}
        keyOf={(one) => `${one.at} ${one.operator} ${one.action} ${one.contract} ${JSON.stringify(one.about)}`}
        empty={<p>{contract ? t().noneOf : t().none}</p>}
      />
    </Page>
  );
}

function Only({ text, back, onBack }: { text: string; back: string; onBack: () => void }) {
  return (
    <span class="row">
      <Chip>{text}</Chip>
      <Button kind="quiet" small onClick={onBack}>
        {back}
      </Button>
    </span>
  );
}

const ofContract: Column<Line> = {
  get head() {
    return w().contract;
  },
  cell: (one) => (one.contract ? <a href={contractHref(one.contract)}>{one.contract}</a> : "–"),
};

function columns(contract: string, onOperator: (operator: string) => void): Column<Line>[] {
  return [
    { head: t().at, cell: (one) => (contract ? dayAndTime(one.at) : time(one.at)) },
    {
      head: t().who,
      cell: (one) => (
        <Button kind="quiet" small onClick={() => onOperator(one.operator)}>
          {one.name || one.operator}
        </Button>
      ),
    },
    {
      head: w().what,
      cell: (one) => (
        <span class="row">
          {one.changed && <Chip tone="info">{t().changed}</Chip>}
          <span>
            {said(one.text)} <span class="soft">{command(one)}</span>
          </span>
        </span>
      ),
      wraps: true,
    },
    ...(contract ? [] : [ofContract]),
    { head: t().about, cell: (one) => <span class="soft small ids">{about(one)}</span>, wide: true, wraps: true },
  ];
}

/** The command that was carried out or tried, in its words. */
function command(one: Line): string {
  const { command: key } = one.about as Record<string, string>;
  if (!key) return "";
  return one.action.startsWith("services.") ? serviceCommandName(key) : commandName(key);
}

const about = (one: Line) =>
  Object.entries(one.about as Record<string, string>)
    .filter(([name]) => name !== "command")
    .map(([name, value]) => `${spoken(kinds(), name)} ${name === "aside" ? shortId(value) : value}`)
    .join(" · ");

/** Enough of an id of many letters to tell it from others; what it is of stands beside it. */
const shortId = (id: string) => (id.length > 16 ? `…${id.replace(/=+$/, "").slice(-10)}` : id);
