import { Plus } from "lucide-preact";
import { useState } from "preact/hooks";
import { deviceName, useModels } from "~/base/devices";
import { ago, day } from "~/base/format";
import { useHomeId } from "~/base/homes";
import { type Both, said } from "~/base/words";
import { Answer } from "~/parts/answer";
import { Banner, Button, ButtonLink, Card, Chip, Empty } from "~/parts/basics";
import { Screen } from "~/parts/screen";
import { type Contract, type Device, useAllDevices, useChoices, useContract } from "./asked";
import { Claim, DeviceMenu } from "./device-changes";
import { stepKey } from "./step";
import { w } from "./words";

/** What was delivered, and the devices that watch: how they are, what they are called, and how they go back. */
export function Equipment() {
  const home = useHomeId();
  const contract = useContract(home);
  const devices = useAllDevices(home);
  return (
    <Screen title={w().equipment} back={`/homes/${home}/contract`}>
      <div class="stack wide">
        {contract.data && <Delivered contract={contract.data} />}
        <section class="stack">
          <h2>{w().devices}</h2>
          <Answer of={devices}>{({ items }) => <Devices home={home} of={items} may={contract.data?.may ?? []} />}</Answer>
        </section>
        <Lost home={home} />
      </div>
    </Screen>
  );
}

function Delivered({ contract }: { contract: Contract }) {
  const pieces = contract.devices ?? [];
  if (!pieces.length) return null;
  return (
    <Card title={w().lent}>
      <ul class="stack tight">
        {pieces.map((piece, place) => {
          const { delivered_on: on } = piece as { delivered_on?: string | null };
          return (
            <li class="row apart" key={`${piece.sku} ${place}`}>
              <span>{w().optionOf(said(contract.labels?.devices[piece.sku]), piece.quantity)}</span>
              <span class="soft small">{on ? w().delivered(day(on)) : w().notDelivered}</span>
            </li>
          );
        })}
      </ul>
    </Card>
  );
}

function Devices({ home, of, may }: { home: string; of: Device[]; may: string[] }) {
  const [claiming, setClaiming] = useState(false);
  const [fresh, setFresh] = useState<Device>();
  const gone = (one: Device) => !!(one.released_at || one.replaced_by);
  return (
    <>
      {fresh && of.some((one) => one.device === fresh.device && !gone(one)) && <Fresh device={fresh} />}
      {of.length === 0 && <Empty>{w().devicesNone}</Empty>}
      {of
        .toSorted((one, other) => Number(gone(one)) - Number(gone(other)))
        .map((one) => (
          <One key={one.device} home={home} device={one} gone={gone(one)} may={may} />
        ))}
      {may.includes("devices.claim") && (
        <Button onClick={() => setClaiming(true)}>
          <Plus size={20} aria-hidden />
          {w().claim}
        </Button>
      )}
      <Claim home={home} open={claiming} onClose={() => setClaiming(false)} onDone={setFresh} />
    </>
  );
}

/** What a device that was just registered watches, and what it does not record. */
function Fresh({ device }: { device: Device }) {
  return (
    <Banner tone="good" role="status" title={w().claimed}>
      <p>{said(device.sees as Partial<Both> | undefined)}</p>
      <p>{said(device.records_not as Partial<Both> | undefined)}</p>
    </Banner>
  );
}

function One({ home, device, gone, may }: { home: string; device: Device; gone: boolean; may: string[] }) {
  const models = useModels();
  const model = deviceName({ model: device.model }, models.data);
  const name = deviceName(device, models.data);
  return (
    <article class="card stack tight">
      <div class="row apart">
        <h3>{name}</h3>
        <State device={device} gone={gone} />
      </div>
      {device.label && <p class="soft">{model}</p>}
      {device.serial_number && (
        <p class="soft small">
          {w().serial} {device.serial_number}
        </p>
      )}
      {!gone && <p class="soft small">{device.last_received_at ? w().heard(since(device.last_received_at)) : w().unheard}</p>}
      {!gone && <DeviceMenu home={home} device={device.device} label={device.label ?? ""} name={name} may={may} />}
    </article>
  );
}

const since = (at: string): string => ago(Math.max(0, (Date.now() - Date.parse(at)) / 1000));

function State({ device, gone }: { device: Device; gone: boolean }) {
  if (gone) return <Chip>{w().returned}</Chip>;
  if (device.maintenance) return <Chip tone="info">{w().resting}</Chip>;
  if (device.open_alerts?.length) return <Chip tone="care">{w().alerts(device.open_alerts.length)}</Chip>;
  return null;
}

/** Reports that the contract's choices offer about equipment. */
function Lost({ home }: { home: string }) {
  const choices = useChoices(home);
  const step = choices.data?.items.find((one) => one.possible && one.command === "report_lost_device");
  if (!step) return null;
  return <ButtonLink href={`/homes/${home}/contract/do/${encodeURIComponent(stepKey(step))}`}>{said(step.label)}</ButtonLink>;
}
