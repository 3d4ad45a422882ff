// What one can do about an open alert: take it, wait, call, close it, or answer that all is well.
import { Check, Clock, Hand, Phone } from "lucide-preact";
import { useState } from "preact/hooks";
import { api, data, key } from "~/api/client";
import type { Problem } from "~/api/problem";
import { useChange } from "~/api/queries";
import { when } from "~/base/format";
import { Banner, Button } from "~/parts/basics";
import { Dialog } from "~/parts/dialog";
import { RadioField, TextField } from "~/parts/fields";
import { Form, Trouble } from "~/parts/form";
import { tell } from "~/parts/toast";
import { Call } from "./call";
import { type Alert, type Person, useMay } from "./read";
import { isAsked, MORNING } from "./view";
import { w, word } from "./words";

type Props = { home: string; alert: Alert; me: Person | undefined; first?: boolean | undefined };
type Reason = "called" | "visited" | "false_alarm" | "device_problem" | "other";
const REASONS: Reason[] = ["called", "visited", "false_alarm", "device_problem", "other"];

/** `first`: the one that matters most on its screen. */
export function Actions({ home, alert, me, first = true }: Props) {
  const may = useMay(home);
  const [open, setOpen] = useState<"" | "later" | "call" | "end">("");
  const person = me && { person: me.person };
  const where = { contract: home, alert: alert.alert };
  const touches = [
    ["alerts", home],
    ["now", home],
  ];
  const take = useChange({
    send: (_: null, once) =>
      data(
        api.POST("/v1/contracts/{contract}/alerts/{alert}/acknowledge", {
          params: { path: where, header: key(once) },
          body: person ?? {},
        }),
      ),
    touches,
    done: () => tell(w().taken),
  });
  const answer = useChange({
    send: (_: null, once) =>
      data(
        api.POST("/v1/contracts/{contract}/alerts/{alert}/answer", {
          params: { path: where, header: key(once) },
          body: person ?? {},
        }),
      ),
    touches,
    done: () => tell(w().fineDone),
  });
  const asked = isAsked(alert, me?.person) && may("alerts.answer");
  const close = () => setOpen("");
  return (
    <div class="stack tight">
      {asked && (
        <>
          <p>{w().fineAsk}</p>
          <Button kind={first ? "main" : "plain"} wide busy={answer.isPending} onClick={() => answer.mutate(null)}>
            <Check size={20} aria-hidden /> {w().fine}
          </Button>
        </>
      )}
      {!asked && !alert.acknowledged_at && may("alerts.acknowledge") && (
        <Button kind={first ? "main" : "plain"} wide busy={take.isPending} onClick={() => take.mutate(null)}>
          <Hand size={20} aria-hidden /> {w().take}
        </Button>
      )}
      <Untold of={take.error ?? answer.error} />
      <div class="row thumbs">
        <Button onClick={() => setOpen("call")}>
          <Phone size={18} aria-hidden /> {w().call}
        </Button>
        {!alert.acknowledged_at && may("alerts.snooze") && (
          <Button onClick={() => setOpen("later")}>
            <Clock size={18} aria-hidden /> {w().later}
          </Button>
        )}
        {may("alerts.close") && <Button onClick={() => setOpen("end")}>{w().end}</Button>}
      </div>
      <Dialog open={open === "later"} title={w().laterTitle} onClose={close}>
        <Later where={where} person={person} touches={touches} onDone={close} />
      </Dialog>
      <Dialog open={open === "call"} title={w().callTitle} onClose={close}>
        <Call home={home} />
        <Cancel onClick={close} />
      </Dialog>
      <Dialog open={open === "end"} title={w().endTitle} onClose={close}>
        <End where={where} person={person} touches={touches} onDone={close} />
      </Dialog>
    </div>
  );
}

/** Without a line nobody heard of it: said plainly, for somebody may count on it. Pressing again sends the same once. */
function Untold({ of }: { of: Problem | null }) {
  if (!of?.offline) return <Trouble of={of} />;
  return (
    <Banner tone="care" role="alert" title={w().untold}>
      {w().untoldMore}
    </Banner>
  );
}

type Doing = {
  where: { contract: string; alert: string };
  person: { person: string } | undefined;
  touches: unknown[][];
  onDone: () => void;
};

type How = { minutes: number } | { until_clock: string };
const HALF_AN_HOUR: How = { minutes: 30 };
const TWO_HOURS: How = { minutes: 120 };
const UNTIL_MORNING: How = { until_clock: MORNING };

function Later({ where, person, touches, onDone }: Doing) {
  const snooze = useChange({
    send: (how: How, once) =>
      data(
        api.POST("/v1/contracts/{contract}/alerts/{alert}/snooze", {
          params: { path: where, header: key(once) },
          body: { ...person, ...how },
        }),
      ),
    touches,
    done: ({ snoozed_until }) => {
      if (snoozed_until) tell(w().laterDone(when(snoozed_until)));
      onDone();
    },
  });
  const choices: [string, How][] = [
    [w().minutes30, HALF_AN_HOUR],
    [w().hours2, TWO_HOURS],
    [w().morning, UNTIL_MORNING],
  ];
  return (
    <>
      <p>{w().laterMore}</p>
      {choices.map(([label, how]) => (
        <Button key={label} wide busy={snooze.isPending && snooze.variables === how} onClick={() => snooze.mutate(how)}>
          {label}
        </Button>
      ))}
      <Trouble of={snooze.error} />
      <Cancel onClick={onDone} />
    </>
  );
}

function End({ where, person, touches, onDone }: Doing) {
  const [reason, setReason] = useState<Reason>("called");
  const [note, setNote] = useState("");
  const end = useChange({
    send: (body: { reason: Reason; note?: string; person?: string }, once) =>
      data(api.POST("/v1/contracts/{contract}/alerts/{alert}/close", { params: { path: where, header: key(once) }, body })),
    touches,
    done: () => {
      tell(w().ended);
      onDone();
    },
  });
  const submit = () => end.mutate({ ...person, reason, ...(note.trim() && { note: note.trim() }) });
  return (
    <Form onSubmit={submit} label={w().endTitle}>
      <p>{w().endMore}</p>
      <RadioField
        label={w().endWhy}
        value={reason}
        onValue={(value) => setReason(value as Reason)}
        options={REASONS.map((value) => ({ value, label: word(value) }))}
      />
      <TextField label={w().note} optional maxLength={200} value={note} onValue={setNote} />
      <Trouble of={end.error} />
      <div class="row even">
        <Cancel onClick={onDone} />
        <Button type="submit" kind="main" busy={end.isPending}>
          {w().end}
        </Button>
      </div>
    </Form>
  );
}

function Cancel({ onClick }: { onClick: () => void }) {
  return <Button onClick={onClick}>{w().cancel}</Button>;
}
