// What the keys do, and the switch for whoever does not want them.

import { common } from "~/base/common";
import { Button } from "~/parts/basics";
import { Dialog } from "~/parts/dialog";
import { TickField } from "~/parts/fields";
import { keysOn, switchKeys } from "./keys";
import { places } from "./places";
import { w } from "./words";

export function KeysHelp({ open, onClose }: { open: boolean; onClose: () => void }) {
  const keys: [string[], string][] = [
    [["/", "Ctrl K"], w().keyFind],
    [["j", "↓"], w().keyMove],
    [["k", "↑"], w().keyMove],
    [["Enter"], w().keyOpen],
    [["x"], w().keyPick],
    [["Esc"], w().keyClose],
    [["?"], w().keyHelp],
    ...places.map((place): [string[], string] => [[`g ${place.key}`], w().goTo(place.name())]),
  ];
  return (
    <Dialog open={open} title={w().keysTitle} onClose={onClose}>
      <dl class="keys">
        {keys.map(([names, what]) => (
          <div key={names.join()}>
            <dt>
              {names.map((name) => (
                <span key={name}>
                  {name.split(" ").map((one) => (
                    <kbd key={one}>{one}</kbd>
                  ))}
                </span>
              ))}
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <TickField label={w().keysOn} more={w().keysOff} checked={keysOn.value} onChecked={switchKeys} />
      <Button onClick={onClose}>{common().close}</Button>
    </Dialog>
  );
}
