// Whether there is a line, said calmly while there is none.
import { signal } from "@preact/signals";
import { Banner } from "~/parts/basics";
import { common } from "./common";

export const online = signal(navigator.onLine);
addEventListener("online", () => {
  online.value = true;
});
addEventListener("offline", () => {
  online.value = false;
});

export function Lines() {
  if (online.value) return null;
  return (
    <div class="offline no-print">
      <Banner tone="care" role="status">
        {common().offline}
      </Banner>
    </div>
  );
}
