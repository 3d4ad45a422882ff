// One home, whole.
import { isoDay, listed, shortDay } from "~/base/format";
import { type Home, mayIn } from "~/base/homes";
import { language, said } from "~/base/words";
import { ButtonLink, Card } from "~/parts/basics";
import { OpenAlerts } from "./alerts";
import { useNext, useText } from "./asked";
import { Look, type Looked, Sentence } from "./glance";
import { Money, Payer } from "./money";
import { Paused } from "./paused";
import { Tiles } from "./tiles";
import { comes, glance } from "./view";
import { w } from "./words";

const STEPS = 3;

export function HomeLook({ home }: { home: Home }) {
  if (!mayIn(home, "now.view")) return <Payer home={home} />;
  return (
    <Look home={home}>
      {(looked) => (
        <>
          <Sentence home={home} looked={looked} />
          <OpenAlerts home={home} count={looked.now.open_alerts} at={looked.at} />
          <Paused home={home.id} looked={looked} />
          <Money home={home} />
          <Begin home={home} looked={looked} />
          <Tiles home={home} looked={looked} />
          <Silent looked={looked} />
          {looked.now.texts.map((rule) => (
            <Text key={rule} service={home.service} rule={rule} />
          ))}
        </>
      )}
    </Look>
  );
}

/** What to do, or what comes, before there is anything to see. */
export function Begin({ home, looked }: { home: Home; looked: Looked }) {
  const { next, devices } = glance(home, looked.now, looked.at, looked.night);
  const calendar = useNext(home.id, !!next);
  const today = isoDay(looked.at);
  const steps = comes(calendar.data?.items ?? [], today).slice(0, STEPS);
  if (devices && !mayIn(home, "devices.claim")) return null;
  if (devices)
    return (
      <div>
        <ButtonLink kind="main" href={`/homes/${home.id}/contract`}>
          {w().addDevice}
        </ButtonLink>
      </div>
    );
  if (!next) return null;
  const contract = (
    <div>
      <ButtonLink href={`/homes/${home.id}/contract`}>{w().toContract}</ButtonLink>
    </div>
  );
  if (!steps.length) return contract;
  return (
    <Card title={w().nextSteps}>
      <ol class="stack tight">
        {steps.map((one, place) => (
          <li key={place}>
            <strong class="number">{shortDay(one.on)}</strong>
            <br />
            {one[language.value]}
          </li>
        ))}
      </ol>
      {contract}
    </Card>
  );
}

/** Devices that should have spoken and did not. */
function Silent({ looked }: { looked: Looked }) {
  const silent = looked.now.devices.filter((device) => device.silent);
  if (!silent.length) return null;
  const names = silent.map((device) => device.label || said(device.name));
  return <p class="soft small">{w().silentDevices(listed(names))}</p>;
}

function Text({ service, rule }: { service: string; rule: string }) {
  const text = useText(service, rule).data;
  return text ? <p class="soft small">{text[language.value]}</p> : null;
}
