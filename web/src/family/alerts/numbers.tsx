// Whom to call when something is wrong: the person watched, a neighbour, whoever has a key.
import { Pencil, Phone, Plus } from "lucide-preact";
import { useState } from "preact/hooks";
import { api, data } from "~/api/client";
import { useQuery } from "~/api/queries";
import { useHomeId } from "~/base/homes";
import { Answer } from "~/parts/answer";
import { Button, Chip, Empty } from "~/parts/basics";
import { Dialog } from "~/parts/dialog";
import { Screen } from "~/parts/screen";
import { NumberForm } from "./number-form";
import { w } from "./number-words";
import { useMay } from "./read";

export type Numbered = { number: string; who: string; phone: string; keeps_key: boolean };

export function useNumbers(home: string, enabled = true) {
  return useQuery({
    queryKey: ["people", home, "numbers"],
    queryFn: async () =>
      (await data(api.GET("/v1/contracts/{contract}/numbers", { params: { path: { contract: home } } }))).items as Numbered[],
    enabled: !!home && enabled,
  });
}

export const dialled = (phone: string): string => `tel:${phone.replace(/[^0-9+]/g, "")}`;

export function Numbers() {
  const home = useHomeId();
  const numbers = useNumbers(home);
  return (
    <Screen title={w().title} back={`/homes/${home}/alerts`}>
      <Answer of={numbers}>{(all) => <Everybody home={home} all={all} />}</Answer>
    </Screen>
  );
}

function Everybody({ home, all }: { home: string; all: Numbered[] }) {
  const may = useMay(home);
  const [turning, setTurning] = useState<Numbered | "new">();
  const mine = may("numbers.put");
  const close = () => setTurning(undefined);
  const add = mine && (
    <Button kind={all.length ? "plain" : "main"} onClick={() => setTurning("new")}>
      <Plus size={20} aria-hidden /> {w().add}
    </Button>
  );
  return (
    <div class="stack wide">
      {all.length ? (
        <>
          <p>{w().lead}</p>
          <ul class="stack">
            {all.map((one) => (
              <li key={one.number} class="card number-of">
                <OneNumber one={one} onTurn={mine ? () => setTurning(one) : undefined} />
              </li>
            ))}
          </ul>
          {add && <div>{add}</div>}
        </>
      ) : (
        <Empty mark={<Phone size={40} aria-hidden />}>
          <h2>{w().none}</h2>
          <p>{w().noneMore}</p>
          {add || <p>{w().nobodyMay}</p>}
        </Empty>
      )}
      <Dialog open={!!turning} title={turning === "new" ? w().addTitle : w().changeTitle} onClose={close}>
        {turning && <NumberForm home={home} one={turning === "new" ? undefined : turning} onDone={close} />}
      </Dialog>
    </div>
  );
}

function OneNumber({ one, onTurn }: { one: Numbered; onTurn: (() => void) | undefined }) {
  return (
    <>
      <div class="beside">
        <strong>{one.who}</strong>
        {onTurn && (
          <Button small kind="quiet" round aria-label={w().change(one.who)} onClick={onTurn}>
            <Pencil size={18} aria-hidden />
          </Button>
        )}
      </div>
      {one.keeps_key && (
        <div>
          <Chip tone="info">{w().key}</Chip>
        </div>
      )}
      <CallLink one={one} />
    </>
  );
}

/** One press calls. `main`: the one that matters most. */
export function CallLink({ one, main }: { one: Numbered; main?: boolean }) {
  return (
    <a
      class={main ? "button main wide" : "button wide"}
      href={dialled(one.phone)}
      aria-label={`${w().call(one.who)} ${one.phone}`}
    >
      <Phone size={20} aria-hidden />
      <span class="number">{one.phone}</span>
    </a>
  );
}
