// A way that is ready and was never chosen reaches nobody: said where it was made ready.
import { Banner } from "~/parts/basics";
import type { Person } from "./read";
import { type Channel, w } from "./telling-words";

export function Unchosen({ one, channel }: { one: Person; channel: Channel }) {
  if (one.channels.includes(channel)) return null;
  return <Banner tone="care">{w().unchosen(w()[channel])}</Banner>;
}
