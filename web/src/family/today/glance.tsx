// The sentence that says how a home is, and how old that is when nothing newer can be had.
import type { ComponentChildren } from "preact";
import { isoDay, when } from "~/base/format";
import type { Home } from "~/base/homes";
import { online } from "~/base/lines";
import { begun, type Now, useNow } from "~/base/now";
import { Answer } from "~/parts/answer";
import { Banner } from "~/parts/basics";
import { useNight } from "./asked";
import type { Night } from "./view";
import { glance } from "./view";
import { w } from "./words";

export type Looked = { now: Now; at: Date; night: Night | undefined };

/** A home that nobody may look at yet, or any more: its sentence tells how its contract stands. */
const NOTHING: Now = {
  at: "",
  watches: true,
  devices: [],
  functions: [],
  last_activity: null,
  open_alerts: 0,
  texts: [],
  seenBefore: false,
};

/** Looks at a home, again each minute, and hands what was seen to what shows it. */
export function Look({ home, children }: { home: Home; children: (looked: Looked) => ComponentChildren }) {
  const asked = useNow(home.id);
  if (!begun(home)) return <div class="stack">{children({ now: NOTHING, at: new Date(), night: undefined })}</div>;
  return (
    <Answer of={{ ...asked, error: asked.data ? null : asked.error }} lines={5}>
      {(now) => <Seen {...{ home, now, children }} failed={!!asked.error} since={asked.dataUpdatedAt} />}
    </Answer>
  );
}

type SeenProps = {
  home: Home;
  now: Now;
  failed: boolean;
  since: number;
  children: (looked: Looked) => ComponentChildren;
};

function Seen({ home, now, failed, since, children }: SeenProps) {
  // The server's clock goes on from its answer; what was seen before is as old as it is.
  const saw = Date.parse(now.at);
  const at = new Date(now.seenBefore ? Math.max(saw, Date.now()) : saw + Math.max(0, Date.now() - since));
  const night = useNight(home.id, now, isoDay(at));
  return (
    <div class="stack">
      {(now.seenBefore || failed || !online.value) && (
        <Banner tone="care" title={w().seen(when(now.at, at))}>
          {w().seenMore}
        </Banner>
      )}
      {children({ now, at, night })}
    </div>
  );
}

/** The sentence itself, large. */
export function Sentence({ home, looked }: { home: Home; looked: Looked }) {
  const { text, more, tone } = glance(home, looked.now, looked.at, looked.night);
  return (
    <div class={`glance ${tone ?? ""}`}>
      <p class="sentence" aria-live="polite">
        {text}
      </p>
      {more && <p class="soft">{more}</p>}
    </div>
  );
}
