// Moving devices of the stock on: shipped, back into stock, retired, or a new code. What may be done with each, the API says.
import { api, data } from "~/api/client";
import { useChange } from "~/api/queries";
import { words } from "~/base/words";
import { Button } from "~/parts/basics";
import { useSure } from "~/parts/dialog";
import { Trouble } from "~/parts/form";
import { tell } from "~/parts/toast";
import { w } from "../words";
import { type Item, stockKey } from "./stock";
import { hold } from "./stock-codes";

const t = words(
  {
    in_stock: "在庫に戻す",
    shipped: "発送済みにする",
    retired: "廃棄にする",
    code: "新しいコードを作る",
    retire: (count: number) => `${count}台を廃棄にしますか`,
    retireMore: "廃棄にした機器は、もう使えません。元に戻すことはできません。",
    recode: "新しいコードを作りますか",
    recodeMore: "いまのラベルのコードは使えなくなります。",
    done: (count: number) => `${count}台を変更しました`,
  },
  {
    in_stock: "Back into stock",
    shipped: "Mark as shipped",
    retired: "Retire",
    code: "Make a new code",
    retire: (count: number) => (count === 1 ? "Retire this device?" : `Retire ${count} devices?`),
    retireMore: "A retired device cannot be used again. This cannot be taken back.",
    recode: "Make a new code?",
    recodeMore: "The code on the label will open nothing any more.",
    done: (count: number) => (count === 1 ? "1 device changed" : `${count} devices changed`),
  },
);

type To = "in_stock" | "shipped" | "retired";
const isTo = (state: string): state is To => state === "in_stock" || state === "shipped" || state === "retired";
type Body = { serials: string[]; state: To; new_proof?: true };

const move = (serial: string, body: Omit<Body, "serials">): Promise<Item> =>
  data(api.PUT("/v1/operator/stock/{serial}", { params: { path: { serial } }, body }));

/** One after the other: what fails stops nothing that was done before it, and every code that was made is held. */
async function moveAll({ serials, ...body }: Body): Promise<number> {
  for (const serial of serials) {
    const moved = await move(serial, body);
    if (moved.proof) hold([{ serial: moved.serial_number, proof: moved.proof }]);
  }
  return serials.length;
}

type Props = { of: Item[]; to: string[]; onDone: () => void; alone?: boolean };

export function Moves({ of, to, onDone, alone }: Props) {
  const sure = useSure();
  const moving = useChange<Body, number>({
    send: moveAll,
    touches: [stockKey],
    done: (count) => {
      tell(t().done(count));
      onDone();
    },
  });
  if (!of.length) return null;
  const serials = of.map((one) => one.serial_number);
  const go = (state: To) => {
    if (state !== "retired") return moving.mutate({ serials, state });
    const onYes = () => moving.mutateAsync({ serials, state });
    sure.ask({ title: t().retire(serials.length), children: t().retireMore, label: t().retired, danger: true, onYes });
  };
  const [only] = of;
  const recode = () => {
    if (!only || !isTo(only.state)) return;
    const body: Body = { serials, state: only.state, new_proof: true };
    sure.ask({ title: t().recode, children: t().recodeMore, label: t().code, onYes: () => moving.mutateAsync(body) });
  };
  return (
    <div class="stack tight acts">
      <Trouble of={moving.error} />
      <div class="row">
        {!alone && (
          <span class="soft" role="status">
            {w().picked(of.length)}
          </span>
        )}
        {to.filter(isTo).map((state, place) => (
          <Button
            key={state}
            small
            kind={place === 0 ? "main" : state === "retired" ? "danger" : "plain"}
            busy={moving.isPending && moving.variables?.state === state}
            onClick={() => go(state)}
          >
            {t()[state]}
          </Button>
        ))}
        {alone && only && to.length > 0 && isTo(only.state) && (
          <Button small kind="quiet" onClick={recode}>
            {t().code}
          </Button>
        )}
      </div>
      {sure.dialog}
    </div>
  );
}
