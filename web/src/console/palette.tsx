// Finds a contract by whatever is at hand, or goes to a page. What is typed stays out of addresses and storage.

import { useEffect, useId, useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { api, data, type Schemas } from "~/api/client";
import { useQuery } from "~/api/queries";
import { yen } from "~/base/format";
import { words } from "~/base/words";
import { Dialog } from "~/parts/dialog";
import { Trouble } from "~/parts/form";
import { places } from "./places";
import { useServiceNames } from "./services";
import { spoken, w } from "./words";
import { states } from "./words/desk";

export const by = words(
  {
    invoice: "請求番号",
    contract: "契約番号",
    device: "機器",
    account: "アカウント",
    email: "メール",
    phone: "電話",
    name: "お名前",
    member: "見守る方",
  },
  {
    invoice: "bill",
    contract: "contract",
    device: "device",
    account: "account",
    email: "e-mail",
    phone: "telephone",
    name: "name",
    member: "member",
  },
);

const t = words(
  {
    nothing: "見つかりませんでした。お名前は漢字かカナで、番号はすべての桁を入れてください。",
    pages: "ページ",
    contracts: "契約",
    found: (count: number) => `${count}件`,
    looking: "さがしています",
  },
  {
    nothing: "Nothing was found. Names as they were given, numbers with all their digits.",
    pages: "Pages",
    contracts: "Contracts",
    found: (count: number) => `${count} found`,
    looking: "Looking",
  },
);

const PAUSE_MS = 250;

type Hit = { href: string; main: string; more: string; group: string };
type Listed = Schemas["ListedContract"];

export function Palette({ open, onClose }: { open: boolean; onClose: () => void }) {
  return (
    <Dialog open={open} title={w().find} onClose={onClose}>
      <Finder onClose={onClose} />
    </Dialog>
  );
}

function Finder({ onClose }: { onClose: () => void }) {
  const { route } = useLocation();
  const list = useId();
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const asked = useFound(text.trim());
  const hits = useHits(text.trim(), asked.data ?? []);
  const go = (hit: Hit | undefined) => {
    if (!hit) return;
    onClose();
    route(hit.href);
  };
  const press = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && hits.length) setAt((at + step + hits.length) % hits.length);
    else if (event.key === "Enter") go(hits[at]);
    else return;
    event.preventDefault();
  };
  return (
    <div class="stack tight">
      <input
        class="input"
        role="combobox"
        aria-expanded={hits.length > 0}
        aria-controls={list}
        aria-activedescendant={hits[at] ? `${list}-${at}` : undefined}
        aria-label={w().find}
        placeholder={w().findHint}
        autocomplete="off"
        spellcheck={false}
        maxLength={120}
        // biome-ignore lint/a11y/noAutofocus: the dialog was opened to type here
        autoFocus
        value={text}
        onInput={(event) => {
          setText(event.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={press}
      />
      <Trouble of={asked.error} />
      <span class="soft small" role="status">
        {asked.isFetching ? t().looking : asked.data ? (hits.length ? t().found(hits.length) : t().nothing) : ""}
      </span>
      <div class="hits" role="listbox" id={list} aria-label={w().find}>
        {hits.map((hit, place) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the box above
          <div
            key={hit.href}
            id={`${list}-${place}`}
            role="option"
            tabIndex={-1}
            aria-selected={place === at}
            onClick={() => go(hit)}
          >
            <span class="soft small">{hit.group}</span>
            <strong>{hit.main}</strong>
            <span class="soft small">{hit.more}</span>
          </div>
        ))}
      </div>
    </div>
  );
}

/** What the API finds, once the typing has paused. Kept in memory a moment only. */
function useFound(text: string) {
  const [q, setQ] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => setQ(text), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return useQuery({
    queryKey: ["operator", "search", q],
    queryFn: async () => (await data(api.POST("/v1/operator/contract-searches", { body: { q, limit: 20 } }))).items as Listed[],
    enabled: q.length >= 2,
    gcTime: 60_000,
  });
}

function useHits(text: string, found: Listed[]): Hit[] {
  const service = useServiceNames();
  const small = text.toLowerCase();
  const pages = places
    .filter((place) => !small || place.name().toLowerCase().includes(small))
    .map((place) => ({ href: place.href, main: place.name(), more: `g ${place.key}`, group: t().pages }));
  const contracts = (text ? found : []).map((one) => ({
    href: `/console/contracts/${one.id}`,
    main: one.name || w().noName,
    more: [service(one.service), spoken(states(), one.state), one.owed ? yen(one.owed) : "", one.id]
      .filter(Boolean)
      .join(" · "),
    group: one.found_by ? spoken(by(), one.found_by) : t().contracts,
  }));
  return [...contracts, ...pages];
}
