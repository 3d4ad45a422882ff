// Messages that could not be read: why, from which device, and playing them again.
import { useState } from "preact/hooks";
import { api, data, key, type Schemas } from "~/api/client";
import { useChange, useQuery } from "~/api/queries";
import { common } from "~/base/common";
import { dayAndTime } from "~/base/format";
import { said, words } from "~/base/words";
import { Answer } from "~/parts/answer";
import { Button, Chip, Facts } from "~/parts/basics";
import { Dialog, useSure } from "~/parts/dialog";
import { Trouble } from "~/parts/form";
import { tell } from "~/parts/toast";
import { Filter, useFilter } from "../parts/filters";
import { Page } from "../parts/page";
import { usePages } from "../parts/pages";
import { type Selection, useSelection } from "../parts/selection";
import { type Column, DataTable } from "../parts/table";
import { w } from "../words";

const t = words(
  {
    lead: "機器から届いたのに読めなかったもの。2週間残ります。",
    none: "読めなかった電文はありません。",
    received: "届いた時刻",
    bytes: "大きさ",
    replays: "読み直し",
    waiting: "待っている",
    replayed: "読み直し済み",
    replay: "もう一度読む",
    replayedNow: (count: number) => `${count}件をもう一度読みました`,
    payload: "届いた内容",
    logged: "見たことは記録に残ります。",
    remove: "消す",
    removeTitle: "この電文を消しますか",
    removeMore: "もう読み直せなくなります。",
    cure: "直し方",
    part: "読めたほかの測定値は、取り込みました。",
    unknown: "不明な機器",
    cut: "大きすぎるため、はじめだけが残っています。",
  },
  {
    lead: "What came from devices and could not be read. Kept for two weeks.",
    none: "There is no such message.",
    received: "Received",
    bytes: "Size",
    replays: "Replays",
    waiting: "Waiting",
    replayed: "Played again",
    replay: "Play again",
    replayedNow: (count: number) => `${count} played again`,
    payload: "What the device sent",
    logged: "That you looked is written to the log.",
    remove: "Remove",
    removeTitle: "Remove this message?",
    removeMore: "It cannot be played again after that.",
    cure: "What helps",
    part: "Its other readings were taken in.",
    unknown: "Unknown device",
    cut: "It was too large: only its beginning is kept.",
  },
);

type Aside = Schemas["Aside"];

const asideKey = ["operator", "aside"];

export function SetAside() {
  const [state, setState] = useFilter("state");
  const [open, setOpen] = useState("");
  const selection = useSelection();
  const rows = usePages<Aside>([...asideKey, "list", state], (cursor) =>
    data(
      api.GET("/v1/operator/set-aside", {
        params: { query: { ...(state && { state: state as Aside["state"] }), ...(cursor && { cursor }) } },
      }),
    ),
  );
  const columns: Column<Aside>[] = [
    { head: w().device, cell: (one) => one.device ?? t().unknown },
    { head: w().reason, cell: (one) => said(one.told), wraps: true },
    { head: w().state, cell: (one) => <Chip tone={one.state === "waiting" ? "care" : "good"}>{t()[one.state]}</Chip> },
    { head: t().received, cell: (one) => dayAndTime(one.received_at) },
    { head: t().bytes, cell: (one) => `${one.bytes} B`, figure: true, wide: true },
    { head: t().replays, cell: (one) => one.replays, figure: true, wide: true },
  ];
  const choices = (["waiting", "replayed"] as const).map((value) => ({ value, label: t()[value] }));
  return (
    <Page title={w().setAside} lead={t().lead} aside={<Replay selection={selection} />}>
      <div class="filters">
        <Filter label={w().state} value={state} onValue={setState} of={choices} />
      </div>
      <DataTable
        label={w().setAside}
        rows={rows}
        columns={columns}
        keyOf={(one) => one.id}
        onOpen={(one) => setOpen(one.id)}
        selection={selection}
        empty={<p>{t().none}</p>}
      />
      <Dialog open={!!open} title={t().payload} onClose={() => setOpen("")}>
        <Message id={open} onClose={() => setOpen("")} />
      </Dialog>
    </Page>
  );
}

const replayOne = (aside: string, once: string) =>
  data(api.POST("/v1/operator/set-aside/{aside}/replay", { params: { path: { aside }, header: key(once) } as never }));

function Replay({ selection }: { selection: Selection }) {
  const replay = useChange<string[], unknown>({
    send: (ids, once) => Promise.all(ids.map((id, place) => replayOne(id, `${once}-${place}`))),
    touches: [asideKey],
    done: (_, ids) => {
      tell(t().replayedNow(ids.length));
      selection.clear();
    },
  });
  if (!selection.keys.length) return null;
  return (
    <>
      <Trouble of={replay.error} />
      <span class="soft">{w().picked(selection.keys.length)}</span>
      <Button kind="main" small busy={replay.isPending} onClick={() => replay.mutate(selection.keys)}>
        {t().replay}
      </Button>
    </>
  );
}

function Message({ id, onClose }: { id: string; onClose: () => void }) {
  const sure = useSure();
  const asked = useQuery({
    queryKey: [...asideKey, "one", id],
    queryFn: () => data(api.GET("/v1/operator/set-aside/{aside}", { params: { path: { aside: id } } })),
    enabled: !!id,
  });
  const replay = useChange<string, unknown>({ send: replayOne, touches: [asideKey], done: () => tell(t().replayedNow(1)) });
  const remove = useChange<string, unknown>({
    send: (aside) => data(api.DELETE("/v1/operator/set-aside/{aside}", { params: { path: { aside } } })),
    touches: [asideKey],
    done: onClose,
  });
  const ask = () =>
    sure.ask({
      title: t().removeTitle,
      children: t().removeMore,
      label: t().remove,
      danger: true,
      onYes: () => remove.mutateAsync(id),
    });
  return (
    <Answer of={asked}>
      {(one) => (
        <div class="stack">
          <Facts
            of={[
              [w().device, one.device ?? t().unknown],
              [w().reason, said(one.told)],
              [t().cure, said(one.cure)],
              [t().received, dayAndTime(one.received_at)],
            ]}
          />
          <pre class="payload">{one.payload}</pre>
          {one.rest_taken_in && <p class="soft small">{t().part}</p>}
          {!one.whole && <p class="soft small">{t().cut}</p>}
          <p class="soft small">{t().logged}</p>
          <Trouble of={replay.error ?? remove.error} />
          <div class="row even">
            <Button onClick={onClose}>{common().close}</Button>
            <Button kind="danger" onClick={ask}>
              {t().remove}
            </Button>
            <Button kind="main" busy={replay.isPending} onClick={() => replay.mutate(id)}>
              {t().replay}
            </Button>
          </div>
          {sure.dialog}
        </div>
      )}
    </Answer>
  );
}
