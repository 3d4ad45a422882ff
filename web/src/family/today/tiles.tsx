// The figures of a home, one tile a device. Each leads to its day; what is old is grey and says so.
import { Activity, BedDouble, HeartPulse, Stethoscope, Sun, Thermometer, Zap } from "lucide-preact";
import { figure, isoDay } from "~/base/format";
import { type Home, opens } from "~/base/homes";
import type { Subject } from "~/base/now";
import { useEnergy } from "./asked";
import type { Looked } from "./glance";
import { slept, type Tile, tiles } from "./view";
import { w } from "./words";

const MARKS: Record<Subject, typeof Activity> = {
  activity: Activity,
  sleep: BedDouble,
  heart: HeartPulse,
  room: Thermometer,
  energy: Zap,
  pv: Sun,
  body: Stethoscope,
};

export function Tiles({ home, looked }: { home: Home; looked: Looked }) {
  const of = tiles(looked.now, looked.at);
  if (!of.length) return null;
  return (
    <ul class="tiles">
      {of.map((tile) => (
        <li key={tile.id}>
          <OneTile home={home} tile={tile} looked={looked} />
        </li>
      ))}
    </ul>
  );
}

function OneTile({ home, tile, looked }: { home: Home; tile: Tile; looked: Looked }) {
  const Mark = MARKS[tile.subject];
  const today = isoDay(looked.at);
  const more = useMore(home.id, tile, looked, today);
  // A link without an address is none: whoever may not see the days is led nowhere.
  const days = opens(home, "days") ? { href: `/homes/${home.id}/days/${today}?show=${tile.subject}` } : {};
  return (
    <a class={tile.stale ? "card tile stale" : "card tile"} {...days}>
      <span class="name">
        <Mark size={18} aria-hidden /> {tile.name}
      </span>
      <span class={tile.figures.length > 1 ? "figures several" : "figures"}>
        {tile.figures.map((one, place) => (
          <span key={place} class={one.stale ? "figure stale" : "figure"}>
            <span class="unseen">{one.label} </span>
            <span class="number">{one.text}</span>
            <span class="soft small" aria-hidden>
              {one.label}
            </span>
          </span>
        ))}
      </span>
      {more && <span class="small">{more}</span>}
      <span class="soft small">{tile.stale ? w().stale(tile.age) : tile.age}</span>
    </a>
  );
}

/** What belongs beside the figure of now: what the day came to, or the night. */
function useMore(home: string, tile: Tile, looked: Looked, today: string): string {
  const kwh = useEnergy(home, tile.id, today, tile.counts);
  if (tile.subject === "sleep") return slept(looked.night);
  if (kwh === undefined) return "";
  return tile.subject === "pv" ? w().yieldToday(figure(kwh, "kWh")) : w().energyToday(figure(kwh, "kWh"));
}
