// The devices of a home that can be set, and how they stand.
import { SlidersHorizontal } from "lucide-preact";
import { common } from "~/base/common";
import { deviceName, type Model, modelOf, useModels } from "~/base/devices";
import { useHomeId } from "~/base/homes";
import { said } from "~/base/words";
import { Answer } from "~/parts/answer";
import { Banner, Card, Empty } from "~/parts/basics";
import { Screen } from "~/parts/screen";
import { Device } from "./device";
import { type DeviceNow, settingsOf, useMay, useNow } from "./read";
import { w, word } from "./words";

export function Wishes() {
  const home = useHomeId();
  const now = useNow(home);
  const models = useModels();
  return (
    <Screen title={w().title}>
      <Answer of={now}>
        {({ devices }) => <Answer of={models}>{(all) => <Devices home={home} devices={devices} models={all} />}</Answer>}
      </Answer>
    </Screen>
  );
}

function Devices({ home, devices, models }: { home: string; devices: DeviceNow[]; models: Model[] }) {
  const may = useMay(home);
  const settable = devices.filter((one) => one.may_be_set !== undefined);
  const kept = may("watches.set") ? devices.filter((one) => settingsOf(modelOf(models, one), true).length) : [];
  return (
    <div class="stack wide">
      {settable.some((one) => one.may_be_set) && <p>{w().lead}</p>}
      {!settable.length && <Nothing />}
      {settable.map((one) => (
        <Card key={one.device} title={deviceName(one, models)}>
          {one.may_be_set ? (
            <Device home={home} device={one} settings={settingsOf(modelOf(models, one), false)} />
          ) : (
            <WhyNot device={one} />
          )}
        </Card>
      ))}
      {kept.length > 0 && (
        <details class="upkeep stack">
          <summary>
            <h2>{w().upkeep}</h2>
          </summary>
          <div class="stack">
            <p class="soft">{w().upkeepMore}</p>
            {kept.map((one) => (
              <Card key={one.device} title={deviceName(one, models)}>
                <Device home={home} device={one} settings={settingsOf(modelOf(models, one), true)} />
              </Card>
            ))}
          </div>
        </details>
      )}
    </div>
  );
}

function Nothing() {
  return (
    <Empty mark={<SlidersHorizontal size={40} aria-hidden />}>
      <h2>{w().none}</h2>
      <p>{w().noneMore}</p>
    </Empty>
  );
}

/** Says why, and with which app it can be done. */
function WhyNot({ device }: { device: DeviceNow }) {
  const why = device.why_not;
  if (!why) return null;
  const elsewhere = why.apps.length > 0 && !why.apps.includes("web");
  return (
    <Banner title={elsewhere ? w().app : said(why)}>
      {elsewhere && (
        <>
          <p>{said(why)}</p>
          <p>{w().where(why.apps.map(word).join(", "))}</p>
        </>
      )}
      {why.rule && <p class="soft small">{common().rule(why.rule)}</p>}
    </Banner>
  );
}
