// What is watched, device by device, in sentences; and a pause for all of it.
import { SlidersHorizontal } from "lucide-preact";
import { useId, useState } from "preact/hooks";
import { api, data, key } from "~/api/client";
import { useChange, useQuery } from "~/api/queries";
import { type Device, deviceName, type Model, modelOf, useDevices, useModels } from "~/base/devices";
import { when } from "~/base/format";
import { useHomeId } from "~/base/homes";
import { said } from "~/base/words";
import { Answer } from "~/parts/answer";
import { Button, Card, Chip, Empty } from "~/parts/basics";
import { Dialog, useSure } from "~/parts/dialog";
import { Trouble } from "~/parts/form";
import { Screen } from "~/parts/screen";
import { Switch } from "~/parts/switch";
import { tell } from "~/parts/toast";
import { Maintenance, PauseOfOne } from "./maintenance";
import { useMay } from "./read";
import { Turning } from "./turning";
import { levelOf, TONES } from "./view";
import { type Held, type Line, lines, type Offer, restsUntil } from "./watch-view";
import { w, word } from "./watch-words";

export function Watches() {
  const home = useHomeId();
  const devices = useDevices(home);
  const models = useModels();
  const may = useMay(home);
  return (
    <Screen title={w().title} back={`/homes/${home}/alerts`}>
      <div class="stack wide">
        <p>{may("watches.set") ? w().lead : w().only}</p>
        <Answer of={devices}>
          {(all) => (
            <>
              {all.map((device) => (
                <OfDevice key={device.device} home={home} device={device} models={models.data} />
              ))}
              {!all.length && <Empty mark={<SlidersHorizontal size={40} aria-hidden />}>{w().noDevices}</Empty>}
              {all.length > 0 && may("maintenance.begin_all") && <Maintenance home={home} devices={all} />}
            </>
          )}
        </Answer>
      </div>
    </Screen>
  );
}

function useLines(home: string, device: string) {
  return useQuery({
    queryKey: ["watches", home, device, "lines"],
    queryFn: async () => {
      const at = { params: { path: { contract: home, device } } };
      const [offered, set] = await Promise.all([
        data(api.GET("/v1/contracts/{contract}/devices/{device}/watches/offered", at)),
        data(api.GET("/v1/contracts/{contract}/devices/{device}/watches", at)),
      ]);
      return lines(offered.items as unknown as Offer[], set.items as Held[]);
    },
  });
}

function OfDevice({ home, device, models }: { home: string; device: Device; models: Model[] | undefined }) {
  const found = useLines(home, device.device);
  const may = useMay(home);
  return (
    <Card title={deviceName(device, models)}>
      {may("maintenance.begin") && <PauseOfOne home={home} device={device} />}
      <Answer of={found}>
        {(all) =>
          all.length ? (
            <ul class="watches">
              {all.map((line) => (
                <li key={line.name}>
                  <Row
                    home={home}
                    device={device.device}
                    line={line}
                    model={modelOf(models, device)}
                    resting={restsUntil(line.set, device.maintenance)}
                  />
                </li>
              ))}
            </ul>
          ) : (
            <p class="soft">{w().noOffers}</p>
          )
        }
      </Answer>
    </Card>
  );
}

/** `resting`: until then it is watched, and nobody is told. */
type RowProps = { home: string; device: string; line: Line; model: Model | undefined; resting: string | undefined };

function Row({ home, device, line, model, resting }: RowProps) {
  const restingId = useId();
  const may = useMay(home);
  const [turning, setTurning] = useState(false);
  const sure = useSure();
  const touches = [
    ["watches", home, device],
    ["alerts", home],
    ["now", home],
  ];
  const on = useChange({
    send: (watch: string, once) =>
      data(
        api.POST("/v1/contracts/{contract}/devices/{device}/watches/offered", {
          params: { path: { contract: home, device }, header: key(once) },
          body: { watches: [watch] },
        }),
      ),
    touches,
    done: () => tell(w().on),
  });
  const off = useChange({
    send: (watch: string) =>
      data(
        api.DELETE("/v1/contracts/{contract}/devices/{device}/watches/{watch}", {
          params: { path: { contract: home, device, watch } },
        }),
      ),
    touches,
    done: () => tell(w().off),
  });
  const ask = () =>
    sure.ask({
      title: w().offTitle,
      children: resting ? w().offResting(when(resting)) : w().offMore,
      label: w().turnOff,
      onYes: () => off.mutateAsync(line.name),
    });
  const mine = may("watches.set");
  const name = said(line.label) || said(line.sentence);
  return (
    <div class="stack tight">
      <Switch
        label={<strong>{name}</strong>}
        on={!!line.set}
        busy={on.isPending || off.isPending}
        disabled={!mine}
        resting={resting && restingId}
        onChange={(wanted) => (wanted ? on.mutate(line.name) : ask())}
      />
      {resting && (
        <span id={restingId}>
          <Chip>{w().resting(when(resting))}</Chip>
        </span>
      )}
      {line.label && <p class={line.set ? "" : "soft"}>{said(line.sentence)}</p>}
      {line.set && (
        <div class="row apart">
          <Chip tone={TONES[levelOf(line.set)]}>{word(line.set.level)}</Chip>
          {mine && line.offer && (
            <Button small onClick={() => setTurning(true)} aria-label={w().turnOf(name)}>
              {w().turn}
            </Button>
          )}
        </div>
      )}
      <Trouble of={on.error} />
      <Dialog open={turning} title={name} onClose={() => setTurning(false)}>
        {line.offer && (
          <Turning
            home={home}
            device={device}
            offer={line.offer}
            set={line.set}
            unit={unitOf(model, line.offer)}
            touches={touches}
            onDone={() => setTurning(false)}
          />
        )}
      </Dialog>
      {sure.dialog}
    </div>
  );
}

const unitOf = (model: Model | undefined, offer: Offer): string =>
  model?.metrics.find((one) => one.metric === offer.settings.metric)?.unit ?? "";
