// That nobody is told for a while: said where one looks for alerts and finds none.
import { when } from "~/base/format";
import { Banner } from "~/parts/basics";
import type { Looked } from "./glance";
import { pauses } from "./view";
import { w } from "./words";

export function Paused({ home, looked }: { home: string; looked: Looked }) {
  const held = pauses(looked.now.devices);
  if (!held.length) return null;
  return (
    <Banner tone="care">
      {held.map(({ until, names, whole }) => (
        <p key={until}>
          {whole ? w().paused(when(until, looked.at)) : w().pausedSome(names.join(w().and), when(until, looked.at))}
        </p>
      ))}
      <a href={`/homes/${home}/alerts/watches`}>{w().toPause}</a>
    </Banner>
  );
}
