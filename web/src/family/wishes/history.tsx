// What was set on one device, by whom: all of it, or what others changed.

import { useState } from "preact/hooks";
import { useRoute } from "preact-iso";
import { common } from "~/base/common";
import { deviceName, modelOf, useDevices, useModels } from "~/base/devices";
import { useHomeId } from "~/base/homes";
import { Answer } from "~/parts/answer";
import { Button, Empty } from "~/parts/basics";
import { Tabs } from "~/parts/menu";
import { Screen } from "~/parts/screen";
import { settingsOf, useHistory } from "./read";
import type { Wish } from "./view";
import { WishLine } from "./wish-line";
import { w } from "./words";

export function History() {
  const home = useHomeId();
  const id = useRoute().params.device ?? "";
  const [whose, setWhose] = useState("all");
  const found = useHistory(home, id, whose === "others");
  const device = useDevices(home).data?.find((one) => one.device === id);
  const models = useModels().data;
  const model = device && modelOf(models, device);
  const settings = [...settingsOf(model, false), ...settingsOf(model, true)];
  const title = device ? w().historyOf(deviceName(device, models)) : w().history;
  return (
    <Screen title={title} back={`/homes/${home}/wishes`}>
      <div class="stack wide">
        <Tabs
          label={w().whose}
          value={whose}
          onValue={setWhose}
          of={[
            { value: "all", label: w().all },
            { value: "others", label: w().others },
          ]}
        />
        <Answer of={found}>
          {({ pages }) => {
            const wishes = pages.flatMap((page) => page.items as Wish[]);
            if (!wishes.length && !found.hasNextPage) return <Empty>{whose === "all" ? w().noHistory : w().noOthers}</Empty>;
            return (
              <>
                <ul class="stack">
                  {wishes.map((one) => (
                    <li key={one.wish} class="card">
                      <WishLine home={home} device={id} one={one} settings={settings} who />
                    </li>
                  ))}
                </ul>
                {found.hasNextPage && (
                  <Button busy={found.isFetchingNextPage} onClick={() => found.fetchNextPage()}>
                    {common().more}
                  </Button>
                )}
              </>
            );
          }}
        </Answer>
        <p class="soft small">
          {w().consents} <a href={`/homes/${home}/people`}>{w().toConsents}</a>
        </p>
      </div>
    </Screen>
  );
}
