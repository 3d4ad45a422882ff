import { expired, who } from "~/api/session";
import { Dialog } from "~/parts/dialog";
import { Credentials } from "./credentials";
import { w } from "./words";

/** The session ran out: signs in over the screen, so that nothing typed is lost. */
export function Again() {
  return (
    <Dialog open={expired.value} title={w().expiredTitle} firm onClose={() => undefined}>
      <p>{w().expiredMore}</p>
      <Credentials email={who.value?.email ?? ""} />
    </Dialog>
  );
}
