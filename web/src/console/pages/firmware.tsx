// Firmware releases of a model: how far each is, and pausing, going on, stopping.
import { useState } from "preact/hooks";
import { api, data, key } from "~/api/client";
import { useChange, useQuery } from "~/api/queries";
import { modelName, useModels } from "~/base/devices";
import { dayAndTime } from "~/base/format";
import { words } from "~/base/words";
import { Button, Card, Chip, Empty, type Tone } from "~/parts/basics";
import { useSure } from "~/parts/dialog";
import { SelectField } from "~/parts/fields";
import { Form, Trouble } from "~/parts/form";
import { tell } from "~/parts/toast";
import { SchemaFields } from "../forms/schema-form";
import { useCommand } from "../forms/use-command";
import { useFilter } from "../parts/filters";
import { Page } from "../parts/page";
import { type Column, DataTable } from "../parts/table";
import { w } from "../words";

const t = words(
  {
    title: "ファームウェアの配布",
    choose: "機種を選んでください。",
    none: "この機種の配布はまだありません。",
    version: "版",
    wave: "段階",
    devices: "機器",
    published: "公開",
    running: "配布中",
    paused: "一時停止",
    stopped: "中止",
    done: "完了",
    pause: "止める",
    resume: "続ける",
    stop: "中止する",
    stopTitle: "この配布を中止しますか",
    stopMore: "まだ始めていない機器は今の版のままになります。あとから続けることはできません。",
    publish: "新しい版を配る",
    publishSure: "この版を配りますか",
    publishMore: "次の確認から段階ごとに機器へ届きます。古い配布は止まります。",
    counts: (done: number, waiting: number, failed: number) => `済み ${done} · 待ち ${waiting} · 失敗 ${failed}`,
  },
  {
    title: "Firmware releases",
    choose: "Choose a model.",
    none: "This model has no releases yet.",
    version: "Version",
    wave: "Wave",
    devices: "Devices",
    published: "Published",
    running: "Running",
    paused: "Paused",
    stopped: "Stopped",
    done: "Done",
    pause: "Pause",
    resume: "Go on",
    stop: "Stop",
    stopTitle: "Stop this release?",
    stopMore: "Devices that have not begun keep their version. It cannot go on after that.",
    publish: "Publish a new version",
    publishSure: "Publish this version?",
    publishMore: "Devices are asked in waves from the next tick on. An older release stops.",
    counts: (done: number, waiting: number, failed: number) => `${done} done · ${waiting} waiting · ${failed} failed`,
  },
);

const TONES: Record<string, Tone> = { running: "info", paused: "care", stopped: "alarm", done: "good" };

type Release = {
  rollout: string;
  version: string;
  state: "running" | "paused" | "stopped" | "done";
  waves: number[];
  wave: number;
  published_at?: string;
  devices?: { pending?: number; succeeded?: number; failed?: number };
};
type Step = "pause" | "resume" | "stop";

const releasesKey = ["operator", "firmware"];

export function Firmware() {
  const [model, setModel] = useFilter("model");
  const known = useModels().data;
  const options = [
    { value: "", label: "–" },
    ...(known ?? []).map((one) => ({ value: one.model, label: modelName(known, one.model) })),
  ];
  return (
    <Page title={t().title}>
      <div class="filters">
        <SelectField label={w().model} value={model} onValue={setModel} options={options} />
      </div>
      {model ? <Releases key={model} model={model} /> : <Empty>{t().choose}</Empty>}
    </Page>
  );
}

function Releases({ model }: { model: string }) {
  const sure = useSure();
  const asked = useQuery({
    queryKey: [...releasesKey, model],
    queryFn: async () =>
      (await data(api.GET("/v1/operator/firmware/{model}", { params: { path: { model } } }))).items as unknown as Release[],
  });
  const move = useChange<{ rollout: string; step: Step }, unknown>({
    send: ({ rollout, step }, once) =>
      data(
        api.POST(`/v1/operator/firmware/{model}/{rollout}/${step}`, {
          params: { path: { model, rollout }, header: key(once) } as never,
        }),
      ),
    touches: [releasesKey],
  });
  const stop = (rollout: string) =>
    sure.ask({
      title: t().stopTitle,
      children: t().stopMore,
      label: t().stop,
      danger: true,
      onYes: () => move.mutateAsync({ rollout, step: "stop" }),
    });
  const columns: Column<Release>[] = [
    { head: t().version, cell: (one) => one.version },
    { head: w().state, cell: (one) => <Chip tone={TONES[one.state] ?? "info"}>{t()[one.state]}</Chip> },
    { head: t().wave, cell: (one) => `${one.wave} / ${one.waves.length}`, figure: true },
    { head: t().devices, cell: countsOf },
    { head: t().published, cell: (one) => (one.published_at ? dayAndTime(one.published_at) : ""), wide: true },
    {
      head: "",
      cell: (one) => (
        <Moves
          of={one}
          onMove={(step) => (step === "stop" ? stop(one.rollout) : move.mutate({ rollout: one.rollout, step }))}
        />
      ),
    },
  ];
  return (
    <div class="stack">
      <Trouble of={move.error} />
      <DataTable label={t().title} rows={asked} columns={columns} keyOf={(one) => one.rollout} empty={<p>{t().none}</p>} />
      <Publish model={model} />
      {sure.dialog}
    </div>
  );
}

const countsOf = ({ devices = {} }: Release) => t().counts(devices.succeeded ?? 0, devices.pending ?? 0, devices.failed ?? 0);

function Moves({ of, onMove }: { of: Release; onMove: (step: Step) => void }) {
  if (of.state !== "running" && of.state !== "paused") return null;
  const other = of.state === "running" ? "pause" : "resume";
  return (
    <span class="row">
      <Button small onClick={() => onMove(other)}>
        {t()[other]}
      </Button>
      <Button small kind="danger" onClick={() => onMove("stop")}>
        {t().stop}
      </Button>
    </span>
  );
}

function Publish({ model }: { model: string }) {
  const label = modelName(useModels().data, model);
  const form = useCommand("/v1/operator/firmware", { model: [{ value: model, label }] }, { model });
  const [wrong, setWrong] = useState<unknown>();
  const sure = useSure();
  const publish = useChange<Record<string, unknown>, unknown>({
    send: (body, once) => data(api.POST("/v1/operator/firmware", { params: { header: key(once) }, body: body as never })),
    touches: [releasesKey],
    done: () => tell(w().done),
  });
  const ask = () =>
    sure.ask({
      title: t().publishSure,
      children: t().publishMore,
      label: t().publish,
      onYes: () => publish.mutateAsync(form.body()).catch((problem) => setWrong(form.blame(problem))),
    });
  return (
    <Card title={t().publish}>
      <Form label={t().publish} onSubmit={ask}>
        <Trouble of={form.error} />
        {form.fields && <SchemaFields of={form.fields} filling={form.filling} />}
        <Trouble of={wrong} />
        <div class="row">
          <Button kind="main" type="submit" disabled={!form.fields}>
            {t().publish}
          </Button>
        </div>
      </Form>
      {sure.dialog}
    </Card>
  );
}
