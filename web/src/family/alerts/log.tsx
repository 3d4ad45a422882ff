// The log of alerts, searched by words, device, level and days. What is looked for stays on this page, in no address.

import { useInfiniteQuery } from "@tanstack/preact-query";
import { useState } from "preact/hooks";
import { api, data } from "~/api/client";
import { common } from "~/base/common";
import { deviceName, useDevices, useModels } from "~/base/devices";
import { dayAfter, dayAndTime, when } from "~/base/format";
import { useHomeId } from "~/base/homes";
import { said } from "~/base/words";
import { Answer } from "~/parts/answer";
import { Button, Card, Empty } from "~/parts/basics";
import { SelectField, TextField } from "~/parts/fields";
import { Form } from "~/parts/form";
import { Screen } from "~/parts/screen";
import { LevelChip } from "./open";
import { type Listed, useMay } from "./read";
import { type Level, levelOf } from "./view";
import { w, word } from "./words";

type Search = { text: string; device: string; level: "" | Level; from: string; to: string };
const NOTHING: Search = { text: "", device: "", level: "", from: "", to: "" };

export function Log() {
  const home = useHomeId();
  const [search, setSearch] = useState(NOTHING);
  const found = useLog(home, search);
  return (
    <Screen title={w().log} back={`/homes/${home}/alerts`}>
      <div class="stack wide">
        <Asking home={home} active={search !== NOTHING} onSearch={setSearch} />
        <Answer of={found}>
          {({ pages }) => {
            const alerts = pages.flatMap((page) => page.items);
            if (!alerts.length && !found.hasNextPage) return <Empty>{search === NOTHING ? w().none : w().noneFound}</Empty>;
            return (
              <section class="stack" aria-live="polite">
                <ul class="list log">
                  {alerts.map((alert) => (
                    <Row key={alert.alert} home={home} alert={alert} />
                  ))}
                </ul>
                {found.hasNextPage && (
                  <Button busy={found.isFetchingNextPage} onClick={() => found.fetchNextPage()}>
                    {common().more}
                  </Button>
                )}
              </section>
            );
          }}
        </Answer>
      </div>
    </Screen>
  );
}

/** The days are Japan's, both included. */
function useLog(home: string, search: Search) {
  return useInfiniteQuery({
    queryKey: ["alerts", home, "log", search],
    initialPageParam: "",
    queryFn: ({ pageParam }) =>
      data(
        api.GET("/v1/contracts/{contract}/alerts", {
          params: {
            path: { contract: home },
            query: {
              order: "newest",
              limit: 20,
              ...(search.text && { text: search.text }),
              ...(search.device && { device: search.device }),
              ...(search.level && { level: search.level }),
              ...(search.from && { from: `${search.from}T00:00:00+09:00` }),
              ...(search.to && { to: `${dayAfter(search.to, 1)}T00:00:00+09:00` }),
              ...(pageParam && { cursor: pageParam }),
            },
          },
        }),
      ),
    getNextPageParam: (last) => last.next,
    enabled: !!home,
  });
}

function Asking({ home, active, onSearch }: { home: string; active: boolean; onSearch: (search: Search) => void }) {
  const [typed, setTyped] = useState(NOTHING);
  const may = useMay(home);
  const devices = useDevices(may("devices.list") ? home : "");
  const models = useModels();
  const set = (name: keyof Search) => (value: string) => setTyped((before) => ({ ...before, [name]: value }));
  const clear = () => {
    setTyped(NOTHING);
    onSearch(NOTHING);
  };
  return (
    <Card>
      <Form onSubmit={() => onSearch({ ...typed, text: typed.text.trim() })} label={w().search}>
        <div class="ask">
          <TextField
            label={w().text}
            hint={w().textHint}
            type="search"
            maxLength={100}
            value={typed.text}
            onValue={set("text")}
          />
          <Button type="submit" kind="main">
            {w().search}
          </Button>
        </div>
        <details class="narrow">
          <summary>{w().narrow}</summary>
          <div class="stack">
            <SelectField
              label={w().level}
              value={typed.level}
              onValue={set("level")}
              options={[
                { value: "", label: w().all },
                ...["critical", "warning", "info"].map((value) => ({ value, label: word(value) })),
              ]}
            />
            {devices.data && devices.data.length > 1 && (
              <SelectField
                label={w().device}
                value={typed.device}
                onValue={set("device")}
                options={[
                  { value: "", label: w().all },
                  ...devices.data.map((one) => ({ value: one.device, label: deviceName(one, models.data) })),
                ]}
              />
            )}
            <div class="row even">
              <TextField label={w().from} type="date" value={typed.from} onValue={set("from")} />
              <TextField label={w().to} type="date" value={typed.to} onValue={set("to")} />
            </div>
          </div>
        </details>
        {active && <Button onClick={clear}>{w().clear}</Button>}
      </Form>
    </Card>
  );
}

function Row({ home, alert }: { home: string; alert: Listed }) {
  return (
    <li>
      <a class="entry" href={`/homes/${home}/alerts/log/${alert.alert}`}>
        <span class="row">
          <LevelChip level={levelOf(alert)} />
          <span class="soft small number">{dayAndTime(alert.opened_at)}</span>
        </span>
        <span>{said(alert.sentence)}</span>
        <span class="soft small">{alert.closed_at ? w().closedAt(when(alert.closed_at)) : w().isOpen}</span>
      </a>
    </li>
  );
}
