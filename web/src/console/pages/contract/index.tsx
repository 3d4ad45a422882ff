// One contract: what it is, and a part of it below: its life, bills, what can be done, the terms, the log.
import { useRoute } from "preact-iso";
import { api, data, type Schemas } from "~/api/client";
import { useQuery } from "~/api/queries";
import { common } from "~/base/common";
import { yen } from "~/base/format";
import { words } from "~/base/words";
import { Answer } from "~/parts/answer";
import { Chip, Empty, Facts } from "~/parts/basics";
import { useKnown } from "../../forms/openapi";
import { contractHref, dayOr, StateChip } from "../../parts/contract-cells";
import { Page } from "../../parts/page";
import { TaskLines } from "../../parts/task-commands";
import { useServiceNames } from "../../services";
import type { Task } from "../../tasks";
import { w } from "../../words";
import { TermsOf } from "../terms";
import { Act } from "./act";
import { Bills } from "./bills";
import { Devices } from "./devices";
import { Life } from "./life";
import { Log } from "./log";
import { Who } from "./who";

const t = words(
  {
    life: "これまでとこれから",
    bills: "請求",
    devices: "機器",
    people: "人",
    act: "手続き",
    terms: "規約",
    log: "記録",
    family: "ご家族の画面で見る",
    parts: "契約の見かた",
    owed: "未収",
    overdue: "期限超過",
    begins: "利用開始",
    ends: "終了",
    applied: "申し込み",
    next: "次の夜間処理",
    parked: "夜間処理で保留",
    plan: "プラン",
  },
  {
    life: "Its whole life",
    bills: "Bills",
    devices: "Devices",
    people: "People",
    act: "Carry on",
    terms: "Terms",
    log: "Log",
    family: "As the family sees it",
    parts: "Views of the contract",
    owed: "Owed",
    overdue: "Overdue",
    begins: "In use since",
    ends: "Ends",
    applied: "Applied",
    next: "Next night",
    parked: "Put aside by a night",
    plan: "Plan",
  },
);

export type Whole = Schemas["Contract"];

export function useContract(id: string) {
  return useQuery({
    queryKey: ["contract", id],
    queryFn: () => data(api.GET("/v1/contracts/{contract}", { params: { path: { contract: id } } })),
  });
}

export function Contract() {
  const { params } = useRoute();
  const id = params.contract ?? "";
  const part = params.part ?? "life";
  const contract = useContract(id);
  const title = contract.data ? contract.data.name || w().noName : w().contract;
  return (
    <Page
      title={title}
      aside={
        contract.data && (
          <>
            <StateChip state={contract.data.state} />
            <a href={`/homes/${encodeURIComponent(id)}`}>{t().family}</a>
          </>
        )
      }
    >
      <Answer of={contract}>
        {(whole) => (
          <div class="stack">
            <Head of={whole} />
            <TaskLines of={(whole.tasks ?? []) as unknown as Task[]} />
            <Parts id={id} part={part} />
            <Part of={whole} part={part} />
          </div>
        )}
      </Answer>
    </Page>
  );
}

function Head({ of }: { of: Whole }) {
  const service = useServiceNames();
  return (
    <div class="head-facts">
      <Facts
        of={[
          [w().service, service(of.service)],
          [t().plan, useKnown(of.service).plan?.find((one) => one.value === of.plan)?.label ?? of.plan],
          [w().contract, <code key="id">{of.id}</code>],
        ]}
      />
      <Facts
        of={[
          [t().applied, dayOr(of.applied_at)],
          [t().begins, dayOr(of.service_starts_on)],
          [t().ends, dayOr(of.ends_on)],
        ]}
      />
      <Facts
        of={[
          [t().owed, yen(of.unpaid ?? 0)],
          [t().overdue, of.overdue ? <Chip tone="alarm">{yen(of.overdue)}</Chip> : ""],
          [t().next, dayOr(of.next_on)],
          [t().parked, of.parked ? <Chip tone="alarm">{t().parked}</Chip> : ""],
        ]}
      />
    </div>
  );
}

function Parts({ id, part }: { id: string; part: string }) {
  const parts: [string, string][] = [
    ["life", t().life],
    ["act", t().act],
    ["bills", t().bills],
    ["devices", t().devices],
    ["people", t().people],
    ["terms", t().terms],
    ["log", t().log],
  ];
  return (
    <nav class="tabs" aria-label={t().parts}>
      {parts.map(([key, label]) => (
        <a key={key} href={contractHref(id, key)} aria-current={part === key ? "page" : undefined}>
          {label}
        </a>
      ))}
    </nav>
  );
}

function Part({ of, part }: { of: Whole; part: string }) {
  switch (part) {
    case "life":
      return <Life id={of.id} />;
    case "act":
      return <Act of={of} />;
    case "bills":
      return <Bills id={of.id} />;
    case "devices":
      return <Devices id={of.id} />;
    case "people":
      return <Who id={of.id} />;
    case "terms":
      return <TermsOf contract={of.id} />;
    case "log":
      return <Log id={of.id} />;
  }
  return <Empty>{common().notFound}</Empty>;
}
