// One of several homes: its sentence, what needs attention, its first figures.
import { ChevronRight } from "lucide-preact";
import { type Home, mayIn } from "~/base/homes";
import { OpenAlerts } from "./alerts";
import { Look, Sentence } from "./glance";
import { Dues, Money } from "./money";
import { Paused } from "./paused";
import { Tiles } from "./tiles";
import { w } from "./words";

export function HomeCard({ home, name }: { home: Home; name: string }) {
  return (
    <section class="stack home" aria-label={name}>
      <a class="row apart to-home" href={`/homes/${home.id}`}>
        <h2>{name}</h2>
        <ChevronRight size={22} aria-hidden />
        <span class="unseen">{w().open}</span>
      </a>
      {mayIn(home, "now.view") ? (
        <Look home={home}>
          {(looked) => (
            <>
              <Sentence home={home} looked={looked} />
              <OpenAlerts home={home} count={looked.now.open_alerts} at={looked.at} most={2} />
              <Paused home={home.id} looked={looked} />
              <Money home={home} />
              <Tiles home={home} looked={looked} />
            </>
          )}
        </Look>
      ) : (
        <Dues home={home} />
      )}
    </section>
  );
}
