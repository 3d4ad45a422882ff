// One wish in words: what was wished for, how far it came, and never more than the device has said.
import { ArrowRight } from "lucide-preact";
import { api, data } from "~/api/client";
import { useChange } from "~/api/queries";
import { when } from "~/base/format";
import { said } from "~/base/words";
import { Button, Chip } from "~/parts/basics";
import { Trouble } from "~/parts/form";
import { tell } from "~/parts/toast";
import { useMay } from "./read";
import { isOpen, type Setting, shown, TONES, type Wish } from "./view";
import { w, word } from "./words";

type Props = { home: string; device: string; one: Wish; settings: Setting[]; who?: boolean };

export function WishLine({ home, device, one, settings, who }: Props) {
  const may = useMay(home);
  const withdraw = useChange({
    send: (wish: string) =>
      data(
        api.DELETE("/v1/contracts/{contract}/devices/{device}/wishes/{wish}", {
          params: { path: { contract: home, device, wish } },
        }),
      ),
    touches: [["wishes", home, device]],
    done: () => tell(w().withdrawn_done),
  });
  return (
    <div class="wish stack tight" data-state={one.state}>
      <div class="row">
        {isOpen(one) && <Chip tone={TONES[one.state]}>{w().onWay}</Chip>}
        {Object.entries(one.settings).map(([name, value]) => (
          <What key={name} about={settings.find((known) => known.setting === name)} value={value} before={one.before[name]} />
        ))}
      </div>
      <p class="small">{state(one)}</p>
      {one.late && <p class="soft small">{w().late}</p>}
      {who && word(one.by) && <p class="soft small">{w().by(word(one.by))}</p>}
      <Trouble of={withdraw.error} />
      {isOpen(one) && may("wishes.withdraw") && (
        <Button small busy={withdraw.isPending} onClick={() => withdraw.mutate(one.wish)}>
          {w().withdraw}
        </Button>
      )}
    </div>
  );
}

function What({ about, value, before }: { about: Setting | undefined; value: Wish["settings"][string]; before: unknown }) {
  return (
    <span>
      {said(about?.label)} <ArrowRight size={14} aria-hidden /> <strong class="number">{shown(about, value)}</strong>
      {before !== null && before !== undefined && (
        <span class="soft small"> ({w().from(shown(about, before as Wish["settings"][string]))})</span>
      )}
    </span>
  );
}

function state(one: Wish): string {
  const settled = when(one.settled_at ?? one.expires_at);
  const why = one.reason && word(one.reason) ? w().because(word(one.reason)) : "";
  if (one.state === "pending") return `${w().pending(when(one.asked_at))} · ${w().waits(when(one.expires_at))}`;
  if (one.state === "sent") return `${w().sent(when(one.sent_at ?? one.asked_at))} · ${w().waits(when(one.expires_at))}`;
  return `${w()[one.state](settled)}${why}`;
}
