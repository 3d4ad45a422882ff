// Turning one watch: its figures within the limits that the API says, and how it is told.
import { useState } from "preact/hooks";
import { api, data } from "~/api/client";
import { useChange } from "~/api/queries";
import { common } from "~/base/common";
import { figure } from "~/base/format";
import { Button } from "~/parts/basics";
import { RadioField } from "~/parts/fields";
import { FigureField } from "~/parts/figure-field";
import { Form, Trouble, useForm } from "~/parts/form";
import { tell } from "~/parts/toast";
import { changed, type Figure, figures, type Held, type Offer, wrongs } from "./watch-view";
import { w, word } from "./watch-words";

type Props = {
  home: string;
  device: string;
  offer: Offer;
  set: Held | undefined;
  unit: string;
  touches: unknown[][];
  onDone: () => void;
};
type Body = NonNullable<Parameters<typeof put>[3]>;
const LEVELS = ["critical", "warning", "info"];

const put = (
  contract: string,
  device: string,
  watch: string,
  body: { kind: "threshold" | "rate" | "event" | "silence" | "no_activity" },
) =>
  data(
    api.PUT("/v1/contracts/{contract}/devices/{device}/watches/{watch}", {
      params: { path: { contract, device, watch } },
      body,
    }),
  );

export function Turning({ home, device, offer, set, unit, touches, onDone }: Props) {
  const turnable = figures(offer, set, unit);
  const form = useForm(Object.fromEntries(turnable.map((one) => [one.name, String(one.value)])) as Record<string, string>);
  const [level, setLevel] = useState(String((set ?? offer.settings).level));
  const [wrong, setWrong] = useState<unknown>();
  const save = useChange({
    send: (body: Body) => put(home, device, offer.watch, body),
    touches,
    done: () => {
      tell(w().saved);
      onDone();
    },
  });
  const submit = async () => {
    const bad = wrongs(turnable, form.values, { nan: w().figureWrong, range });
    if (Object.keys(bad).length) return form.setWrongs(bad);
    setWrong(undefined);
    await save
      .mutateAsync(changed(offer, set, level, form.values) as Body)
      .catch((trouble) => !form.blame(trouble) && setWrong(trouble));
  };
  return (
    <Form onSubmit={submit}>
      {turnable.map((one) => (
        <FigureField
          key={one.name}
          {...form.bind(one.name)}
          label={word(one.name)}
          unit={one.unit || timeUnit(one)}
          least={one.least}
          most={one.most}
          step={stepOf(one)}
        />
      ))}
      <RadioField
        label={w().level}
        value={level}
        onValue={setLevel}
        options={LEVELS.map((value) => ({ value, label: word(value), more: word(`${value}More`) }))}
      />
      <p class="soft small">{w().restart}</p>
      <Trouble of={wrong} />
      <div class="row even">
        <Button onClick={onDone}>{common().cancel}</Button>
        <Button type="submit" kind="main" busy={save.isPending}>
          {common().save}
        </Button>
      </div>
    </Form>
  );
}

const range = (one: Figure) => {
  const unit = one.unit || timeUnit(one);
  return w().outside(figure(one.least, unit), figure(one.most, unit));
};

const timeUnit = ({ time }: Figure): string => (time ? { minutes: w().unitMinutes, hours: w().unitHours }[time] : "");

/** A thumb's step: five minutes, an hour, a tenth of a small figure, else one. */
function stepOf({ time, most, least }: Figure): number {
  if (time === "minutes") return 5;
  return time !== "hours" && most - least <= 5 ? 0.1 : 1;
}
