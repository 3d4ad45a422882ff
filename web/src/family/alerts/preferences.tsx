// By what somebody is told, in which order, when not, how often, and in which language.
import { useState } from "preact/hooks";
import { api, data } from "~/api/client";
import { useChange } from "~/api/queries";
import { common } from "~/base/common";
import { Button, Card } from "~/parts/basics";
import { RadioField, SelectField, TextField, TickField } from "~/parts/fields";
import { Form, Trouble, useForm } from "~/parts/form";
import { tell } from "~/parts/toast";
import type { Person } from "./read";
import { chosen, isReady, ordered } from "./telling-view";
import { type Channel, w } from "./telling-words";

const NIGHT = ["22:00", "07:00"];
const MOST = ["3", "5", "10", "20"];
type Body = {
  name?: string;
  language: "ja" | "en";
  channels: Channel[];
  quiet: string[] | null;
  digest?: string;
  daily_max?: number;
};

export function Preferences({ home, one }: { home: string; one: Person }) {
  const [from = NIGHT[0], to = NIGHT[1]] = (one.quiet ?? []) as string[];
  const form = useForm({
    name: one.name ?? "",
    language: one.language ?? "ja",
    from,
    to,
    digest: one.digest ?? "18:00",
    daily_max: String(one.daily_max ?? ""),
  });
  const [channels, setChannels] = useState(one.channels as Channel[]);
  const [quiet, setQuiet] = useState(!!one.quiet);
  const [digest, setDigest] = useState(!!one.digest);
  const [wrong, setWrong] = useState<unknown>();
  const save = useChange({
    send: (body: Body) =>
      data(
        api.PUT("/v1/contracts/{contract}/people/{person}/preferences", {
          params: { path: { contract: home, person: one.person } },
          body: body as Body & { quiet: [string, string] | null },
        }),
      ),
    touches: [["people", home]],
    done: () => tell(w().saved),
  });
  const submit = async () => {
    const { name, language, from, to, daily_max } = form.values;
    setWrong(undefined);
    if (quiet && from === to) return form.setWrongs({ to: w().needQuiet });
    const body: Body = {
      ...(name.trim() && { name: name.trim() }),
      language: language as "ja" | "en",
      channels,
      quiet: quiet ? [from ?? "", to ?? ""] : null,
      ...(digest && { digest: form.values.digest }),
      ...(daily_max && { daily_max: Number(daily_max) }),
    };
    await save.mutateAsync(body).catch((trouble) => !form.blame(trouble, { quiet: "to" }) && setWrong(trouble));
  };
  const most = [...new Set([...MOST, form.values.daily_max])].filter(Boolean);
  return (
    <Form onSubmit={submit} label={w().how}>
      <Card title={w().how}>
        <p class="soft">{w().howLead}</p>
        <Ways one={one} channels={channels} onChannels={setChannels} />
      </Card>
      <Card title={w().when}>
        <TextField {...form.bind("name")} label={w().name} maxLength={40} />
        <TickField label={w().quiet} more={w().quietMore} checked={quiet} onChecked={setQuiet} />
        {quiet && (
          <div class="row even">
            <TextField {...form.bind("from")} label={w().from} type="time" />
            <TextField {...form.bind("to")} label={w().to} type="time" />
          </div>
        )}
        <TickField label={w().digest} more={w().digestMore} checked={digest} onChecked={setDigest} />
        {digest && <TextField {...form.bind("digest")} label={w().digestTime} type="time" />}
        <SelectField
          {...form.bind("daily_max")}
          label={w().dailyMax}
          hint={w().dailyMaxMore}
          options={[{ value: "", label: w().noMax }, ...most.map((value) => ({ value, label: w().count(Number(value)) }))]}
        />
        <RadioField
          label={w().language}
          {...form.bind("language")}
          options={[
            { value: "ja", label: w().ja },
            { value: "en", label: w().en },
          ]}
        />
      </Card>
      <Trouble of={wrong} />
      <Button type="submit" kind="main" busy={save.isPending}>
        {common().save}
      </Button>
    </Form>
  );
}

/** At least one way stays; which is tried first matters only with several. */
function Ways({ one, channels, onChannels }: { one: Person; channels: Channel[]; onChannels: (to: Channel[]) => void }) {
  return (
    <>
      {ordered(one).map((channel) => (
        <TickField
          key={channel}
          label={w()[channel]}
          more={isReady(one, channel) ? (channel === "push" ? w().browsers(one.browsers ?? 0) : w().ready) : w().notYet}
          checked={channels.includes(channel)}
          onChecked={(on) => onChannels(chosen(channels, channel, on))}
        />
      ))}
      {channels.length > 1 && (
        <SelectField
          label={w().first}
          value={channels[0] ?? ""}
          onValue={(value) => onChannels([value as Channel, ...channels.filter((other) => other !== value)])}
          options={channels.map((value) => ({ value, label: w()[value] }))}
        />
      )}
    </>
  );
}
