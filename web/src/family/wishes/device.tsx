// One device: how it stands, what is on its way, and what to wish for next.
import { useState } from "preact/hooks";
import { api, data, key } from "~/api/client";
import { Problem } from "~/api/problem";
import { useChange } from "~/api/queries";
import { when } from "~/base/format";
import { said } from "~/base/words";
import { Button } from "~/parts/basics";
import { RadioField } from "~/parts/fields";
import { FigureField } from "~/parts/figure-field";
import { Form, Trouble, words } from "~/parts/form";
import { tell } from "~/parts/toast";
import { type DeviceNow, useMay, useWishes } from "./read";
import { isOpen, type Reported, type Setting, shown, standing, type Wish, wished } from "./view";
import { WishLine } from "./wish-line";
import { w } from "./words";

type Props = { home: string; device: DeviceNow; settings: Setting[] };

export function Device({ home, device, settings }: Props) {
  const asked = useWishes(home, device.device);
  const may = useMay(home);
  const wishes = asked.data ?? [];
  const names = settings.map((one) => one.setting);
  const mine = wishes.filter((one) => Object.keys(one.settings).some((name) => names.includes(name)));
  const open = mine.filter(isOpen);
  const last = mine.find((one) => !isOpen(one));
  return (
    <>
      <dl class="facts">
        {settings.map((one) => (
          <Stands key={one.setting} about={one} reported={device.values as Reported[]} wishes={wishes} />
        ))}
      </dl>
      <Trouble of={asked.error} />
      <div class="stack tight live" aria-live="polite">
        {open.map((one) => (
          <WishLine key={one.wish} home={home} device={device.device} one={one} settings={settings} />
        ))}
        {!open.length && last && <WishLine home={home} device={device.device} one={last} settings={settings} />}
      </div>
      {may("wishes.ask") && <Ask home={home} device={device} settings={settings} wishes={wishes} />}
      <a class="onward" href={`/homes/${home}/wishes/${device.device}`}>
        {w().history}
      </a>
    </>
  );
}

function Stands({ about, reported, wishes }: { about: Setting; reported: Reported[]; wishes: Wish[] }) {
  const known = standing(about.setting, reported, wishes);
  const how = known && { reported: w().standsAt, old: w().standsOld, done: w().standsDone }[known.how](when(known.at));
  return (
    <div>
      <dt>{said(about.label)}</dt>
      <dd class="number">
        {known ? shown(about, known.value) : "―"}
        <span class="age soft small">{how ?? w().standsUnknown}</span>
      </dd>
    </div>
  );
}

/** `reserve` of `settings.reserve`; "" where a problem speaks of something else. */
const settingOf = (field: string) => /^settings\.(.+)$/.exec(field)?.[1] ?? "";

/** Only what was touched is wished for. */
function Ask({ home, device, settings, wishes }: Props & { wishes: Wish[] }) {
  const [open, setOpen] = useState(false);
  const [touched, setTouched] = useState<Record<string, string>>({});
  const [wrongs, setWrongs] = useState<Record<string, string>>({});
  const ask = useChange({
    send: (body: { settings: Record<string, string | number | boolean> }, once) =>
      data(
        api.POST("/v1/contracts/{contract}/devices/{device}/wishes", {
          params: { path: { contract: home, device: device.device }, header: key(once) },
          body,
        }),
      ),
    touches: [
      ["wishes", home, device.device],
      ["now", home],
    ],
    done: () => {
      setTouched({});
      setOpen(false); // what is on its way stands above
      tell(w().asked);
    },
  });
  const wish = wished(settings, touched);
  const blame = (trouble: unknown) => {
    const setting = trouble instanceof Problem ? settingOf(trouble.field) : "";
    if (trouble instanceof Problem && setting) setWrongs({ [setting]: words(trouble) });
  };
  const submit = () => {
    const bad = Object.entries(wish).filter(([, value]) => Number.isNaN(value));
    if (bad.length) return setWrongs(Object.fromEntries(bad.map(([name]) => [name, w().figureWrong])));
    if (Object.keys(wish).length) return ask.mutateAsync({ settings: wish }).catch(blame);
  };
  return (
    <details class="change" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{w().toSet}</summary>
      <Form onSubmit={submit}>
        {settings.map((about) => (
          <Control
            key={about.setting}
            about={about}
            wrong={wrongs[about.setting]}
            value={touched[about.setting]}
            begin={standing(about.setting, device.values as Reported[], wishes)?.value}
            onValue={(value) => {
              setTouched((before) => ({ ...before, [about.setting]: value }));
              setWrongs({});
            }}
          />
        ))}
        <Trouble of={Object.keys(wrongs).length ? undefined : ask.error} />
        <Button type="submit" kind="main" busy={ask.isPending} disabled={!Object.keys(wish).length}>
          {w().send}
        </Button>
      </Form>
    </details>
  );
}

type ControlProps = {
  about: Setting;
  value: string | undefined;
  begin: unknown;
  wrong: string | undefined;
  onValue: (value: string) => void;
};

function Control({ about, value, begin, wrong, onValue }: ControlProps) {
  const label = said(about.label);
  if (about.type === "number")
    return (
      <FigureField
        label={label}
        wrong={wrong}
        value={value ?? (typeof begin === "number" ? String(begin) : "")}
        unit={about.unit === "min" ? w().minutes : (about.unit ?? "")}
        least={about.range?.[0]}
        most={about.range?.[1]}
        onValue={onValue}
      />
    );
  const options =
    about.type === "boolean"
      ? ["on", "off"].map((one) => ({ value: one, label: one === "on" ? w().on : w().off }))
      : (about.choices ?? []).map((one) => ({ value: one, label: shown(about, one) }));
  const stands = typeof begin === "boolean" ? (begin ? "on" : "off") : String(begin ?? "");
  return <RadioField label={label} value={value ?? stands} onValue={onValue} options={options} />;
}
