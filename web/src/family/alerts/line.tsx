// LINE: a code that the person sends to our account, and word when it has arrived.
import { useEffect } from "preact/hooks";
import { api, data, key } from "~/api/client";
import { useChange, useQueryClient } from "~/api/queries";
import { time } from "~/base/format";
import { Button, Card, Chip } from "~/parts/basics";
import { Trouble } from "~/parts/form";
import { tell } from "~/parts/toast";
import type { Person } from "./read";
import { w } from "./telling-words";
import { Unchosen } from "./unchosen";

const LOOK_AGAIN = 4_000; // ms

export function Line({ home, one }: { home: string; one: Person }) {
  const client = useQueryClient();
  const where = { contract: home, person: one.person };
  const make = useChange({
    send: (_: null, once) =>
      data(
        api.POST("/v1/contracts/{contract}/people/{person}/line-code", {
          params: { path: where, header: key(once) },
        }),
      ),
  });
  const stop = useChange({
    send: (_: null) => data(api.DELETE("/v1/contracts/{contract}/people/{person}/line", { params: { path: where } })),
    touches: [["people", home]],
    done: () => tell(w().lineStopped),
  });
  const waiting = !!make.data && !one.has_line && Date.parse(make.data.until) > Date.now();
  useEffect(() => {
    if (!waiting) return;
    const timer = setInterval(() => client.invalidateQueries({ queryKey: ["people", home] }), LOOK_AGAIN);
    return () => clearInterval(timer);
  }, [waiting, home, client]);
  return (
    <Card title={w().line} aside={one.has_line ? <Chip tone="good">{w().ready}</Chip> : undefined}>
      {one.has_line ? (
        <>
          <Unchosen one={one} channel="line" />
          <Button busy={stop.isPending} onClick={() => stop.mutate(null)}>
            {w().lineStop}
          </Button>
        </>
      ) : (
        <>
          <p class="soft">{w().lineMore}</p>
          {make.data && (
            <div class="stack tight" role="status">
              <p>{w().lineCode}</p>
              <p class="invite-code number">{make.data.code}</p>
              <p class="soft small">
                {w().lineUntil(time(make.data.until))} · {w().lineWaiting}
              </p>
            </div>
          )}
          <Button busy={make.isPending} onClick={() => make.mutate(null)}>
            {make.data ? w().lineAnew : w().lineStart}
          </Button>
        </>
      )}
      <Trouble of={make.error ?? stop.error} />
    </Card>
  );
}
