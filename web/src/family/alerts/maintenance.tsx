// A pause: everything is noticed and recorded, and nobody is told, until a time.
import { useState } from "preact/hooks";
import { api, data } from "~/api/client";
import { useChange } from "~/api/queries";
import { common } from "~/base/common";
import type { Device } from "~/base/devices";
import { when } from "~/base/format";
import { Banner, Button, Card } from "~/parts/basics";
import { Dialog } from "~/parts/dialog";
import { RadioField, TextField, TickField } from "~/parts/fields";
import { Form, Trouble, useForm } from "~/parts/form";
import { tell } from "~/parts/toast";
import { untilMorning } from "./view";
import { w } from "./watch-words";

type Body = { minutes?: number; until?: string; reason?: string; include_critical: boolean };

export function Maintenance({ home, devices }: { home: string; devices: Device[] }) {
  const [asking, setAsking] = useState(false);
  const paused = devices.flatMap((one) => (one.maintenance ? [one.maintenance] : []));
  const until = paused.map((one) => one.until).toSorted()[0];
  const resume = useChange({
    send: (_: null) => data(api.DELETE("/v1/contracts/{contract}/maintenance", { params: { path: { contract: home } } })),
    touches: [
      ["devices", home],
      ["alerts", home],
      ["now", home],
    ],
    done: () => tell(w().resumed),
  });
  return (
    <Card title={w().pause}>
      {until ? (
        <>
          <Banner tone="care" title={(paused.length < devices.length ? w().pausedSome : w().paused)(when(until))}>
            {paused.some((one) => one.include_critical) ? w().pausedCritical : w().pausedNotCritical}
          </Banner>
          <Trouble of={resume.error} />
          <Button kind="main" busy={resume.isPending} onClick={() => resume.mutate(null)}>
            {w().resume}
          </Button>
        </>
      ) : (
        <>
          <p class="soft">{w().pauseMore}</p>
          <Button onClick={() => setAsking(true)}>{w().pauseNow}</Button>
        </>
      )}
      <Dialog open={asking} title={w().pauseTitle} onClose={() => setAsking(false)}>
        <Begin home={home} onDone={() => setAsking(false)} />
      </Dialog>
    </Card>
  );
}

function Begin({ home, onDone }: { home: string; onDone: () => void }) {
  const form = useForm({ how: "60", until: "", reason: "" });
  const [critical, setCritical] = useState(false);
  const [wrong, setWrong] = useState<unknown>();
  const begin = useChange({
    send: (body: Body) => data(api.PUT("/v1/contracts/{contract}/maintenance", { params: { path: { contract: home } }, body })),
    touches: [
      ["devices", home],
      ["alerts", home],
      ["now", home],
    ],
    done: ({ items }) => {
      const until = items[0]?.maintenance?.until;
      if (until) tell(w().begun(when(until)));
      onDone();
    },
  });
  const submit = async () => {
    const { how, until, reason } = form.values;
    if (how === "own" && !until) return form.setWrongs({ until: w().needUntil });
    const time = how === "own" ? { until: `${until}:00+09:00` } : { minutes: Number(how) };
    setWrong(undefined);
    await begin
      .mutateAsync({ ...time, ...(reason.trim() && { reason: reason.trim() }), include_critical: critical })
      .catch((trouble) => !form.blame(trouble, { minutes: "how" }) && setWrong(trouble));
  };
  const choices: [string, string][] = [
    ["60", w().hour1],
    ["180", w().hours3],
    [String(untilMorning(new Date())), w().morning],
    [String(3 * 24 * 60), w().days3],
    ["own", w().own],
  ];
  return (
    <Form onSubmit={submit}>
      <RadioField label={w().pauseTitle} {...form.bind("how")} options={choices.map(([value, label]) => ({ value, label }))} />
      {form.values.how === "own" && <TextField {...form.bind("until")} label={w().until} type="datetime-local" />}
      <TextField {...form.bind("reason")} label={w().why} optional maxLength={200} />
      <TickField label={w().withCritical} more={w().withCriticalMore} checked={critical} onChecked={setCritical} />
      <Trouble of={wrong} />
      <div class="row even">
        <Button onClick={onDone}>{common().cancel}</Button>
        <Button type="submit" kind="main" busy={begin.isPending}>
          {w().begin}
        </Button>
      </div>
    </Form>
  );
}
