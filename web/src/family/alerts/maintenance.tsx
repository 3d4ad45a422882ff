// A pause of the home, or of one device: everything is noticed and recorded, and nobody is told, until a time.
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
import { MORNING } from "./view";
import { w } from "./watch-words";

type Body = { minutes?: number; until?: string; until_clock?: string; reason?: string; include_critical: boolean };

const touched = (home: string) => [
  ["devices", home],
  ["alerts", home],
  ["now", home],
];

/** The whole home at once. */
export function Maintenance({ home, devices }: { home: string; devices: Device[] }) {
  const [asking, setAsking] = useState(false);
  const paused = devices.flatMap((one) => (one.maintenance ? [one.maintenance] : []));
  const first = paused.toSorted((one, other) => one.until.localeCompare(other.until))[0];
  const resume = useChange({
    send: (_: null) => data(api.DELETE("/v1/contracts/{contract}/maintenance", { params: { path: { contract: home } } })),
    touches: touched(home),
    done: () => tell(w().resumed),
  });
  return (
    <Card title={w().pause}>
      {first && paused.length === devices.length ? (
        <On of={first} critical={paused.some((one) => one.include_critical)} />
      ) : (
        <>
          <p class="soft">{w().pauseMore}</p>
          <Button onClick={() => setAsking(true)}>{w().pauseNow}</Button>
        </>
      )}
      <Trouble of={resume.error} />
      {first && (
        <Button kind="main" busy={resume.isPending} onClick={() => resume.mutate(null)}>
          {paused.length === devices.length ? w().resume : w().resumeAll}
        </Button>
      )}
      <Dialog open={asking} title={w().pause} onClose={() => setAsking(false)}>
        <Begin home={home} onDone={() => setAsking(false)} />
      </Dialog>
    </Card>
  );
}

/** One device, such as a room that is being worked in. It ends by itself. */
export function PauseOfOne({ home, device }: { home: string; device: Device }) {
  const [asking, setAsking] = useState(false);
  const path = { contract: home, device: device.device };
  const resume = useChange({
    send: (_: null) => data(api.DELETE("/v1/contracts/{contract}/devices/{device}/maintenance", { params: { path } })),
    touches: touched(home),
    done: () => tell(w().resumed),
  });
  return (
    <>
      {device.maintenance && <On of={device.maintenance} critical={!!device.maintenance.include_critical} />}
      <div>
        {device.maintenance ? (
          <Button small busy={resume.isPending} onClick={() => resume.mutate(null)}>
            {w().resumeOne}
          </Button>
        ) : (
          <Button small onClick={() => setAsking(true)}>
            {w().pauseOne}
          </Button>
        )}
      </div>
      <Trouble of={resume.error} />
      <Dialog open={asking} title={w().pauseOne} onClose={() => setAsking(false)}>
        <Begin home={home} device={device.device} onDone={() => setAsking(false)} />
      </Dialog>
    </>
  );
}

function On({ of, critical }: { of: { until: string; reason?: string | null }; critical: boolean }) {
  return (
    <Banner tone="care" title={w().paused(when(of.until))}>
      {of.reason && <p>{of.reason}</p>}
      {critical ? w().pausedCritical : w().pausedNotCritical}
    </Banner>
  );
}

function Begin({ home, device, onDone }: { home: string; device?: string; onDone: () => void }) {
  const form = useForm({ how: "60", until: "", reason: "" });
  const [critical, setCritical] = useState(false);
  const [wrong, setWrong] = useState<unknown>();
  const begin = useChange({
    send: (body: Body) => (device ? one({ contract: home, device }, body) : all(home, body)),
    touches: touched(home),
    done: (until) => {
      if (until) tell(w().begun(when(until)));
      onDone();
    },
  });
  const submit = async () => {
    const { how, until, reason } = form.values;
    if (how === "own" && !until) return form.setWrongs({ until: w().needUntil });
    const time =
      how === "own" ? { until: `${until}:00+09:00` } : how === MORNING ? { until_clock: how } : { minutes: Number(how) };
    setWrong(undefined);
    await begin
      .mutateAsync({ ...time, ...(reason.trim() && { reason: reason.trim() }), include_critical: critical })
      .catch((trouble) => !form.blame(trouble, { minutes: "how", until_clock: "how" }) && setWrong(trouble));
  };
  const choices: [string, string][] = [
    ["60", w().hour1],
    ["180", w().hours3],
    [MORNING, w().morning],
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

async function all(contract: string, body: Body): Promise<string | undefined> {
  const { items } = await data(api.PUT("/v1/contracts/{contract}/maintenance", { params: { path: { contract } }, body }));
  return items[0]?.maintenance?.until;
}

async function one(path: { contract: string; device: string }, body: Body): Promise<string | undefined> {
  const begun = await data(api.PUT("/v1/contracts/{contract}/devices/{device}/maintenance", { params: { path }, body }));
  return begun.maintenance?.until;
}
