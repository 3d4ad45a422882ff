// Which home a screen speaks of, where there is more than one: the same screen of another one is a choice away.
import { useLocation } from "preact-iso";
import { opens, useHomeName, useHomes } from "~/base/homes";
import { words } from "~/base/words";

const w = words({ which: "どの住まいを見るか" }, { which: "Which home to look at" });

export function HomeSwitch() {
  const { path } = useLocation();
  return /^\/homes\/[^/]+\/[a-z]/.test(path) ? <Switch /> : null;
}

function Switch() {
  const { path, route } = useLocation();
  const homes = useHomes();
  const name = useHomeName();
  const [, here = "", screen = ""] = /^\/homes\/([^/]+)\/([a-z]+)/.exec(path) ?? [];
  if (!homes.data || homes.data.length < 2 || !homes.data.some((home) => home.id === here)) return null;
  const to = (id: string) => {
    const home = homes.data?.find((one) => one.id === id);
    return home && opens(home, screen) ? `/homes/${id}/${screen}` : `/homes/${id}`;
  };
  return (
    <div class="home-switch no-print">
      <select class="input" aria-label={w().which} value={here} onChange={(event) => route(to(event.currentTarget.value))}>
        {homes.data.map((home) => (
          <option key={home.id} value={home.id}>
            {name(home)}
          </option>
        ))}
      </select>
    </div>
  );
}
