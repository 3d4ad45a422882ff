// Web push on this device, and the other devices of the same person.
import { Bell, BellRing } from "lucide-preact";
import { useEffect, useState } from "preact/hooks";
import { api, data, key } from "~/api/client";
import { useChange, useQuery } from "~/api/queries";
import { dayAndTime } from "~/base/format";
import { Banner, Button, Card } from "~/parts/basics";
import { Trouble } from "~/parts/form";
import { tell } from "~/parts/toast";
import { canPush, Denied, here, type Subscription, subscribe, Unable, unsubscribe } from "./push";
import type { Person } from "./read";
import { w } from "./telling-words";

export function Here({ home, me }: { home: string; me: Person }) {
  const [own, setOwn] = useState("");
  const [asking, setAsking] = useState(false);
  const [refusal, setRefusal] = useState<"" | "hereDenied" | "hereUnable">("");
  const [wrong, setWrong] = useState<unknown>();
  const where = { contract: home, person: me.person };
  const touches = [
    ["people", home],
    ["browsers", home],
  ];
  const browsers = useQuery({
    queryKey: ["browsers", home, me.person],
    queryFn: async () =>
      (await data(api.GET("/v1/contracts/{contract}/people/{person}/push-subscriptions", { params: { path: where } }))).items,
  });
  useEffect(() => {
    here().then(setOwn, setWrong);
  }, []);
  const start = useChange({
    send: (body: Subscription, once) =>
      data(
        api.POST("/v1/contracts/{contract}/people/{person}/push-subscriptions", {
          params: { path: where, header: key(once) },
          body,
        }),
      ),
    touches,
    done: ({ subscription }) => {
      setOwn(subscription);
      tell(w().hereStarted);
    },
  });
  const stop = useChange({
    send: (subscription: string) =>
      data(
        api.DELETE("/v1/contracts/{contract}/people/{person}/push-subscriptions/{subscription}", {
          params: { path: { ...where, subscription } },
        }),
      ),
    touches,
    done: async (_, subscription) => {
      if (subscription !== own) return;
      await unsubscribe();
      setOwn("");
      tell(w().hereStopped);
    },
  });
  const press = async () => {
    setWrong(undefined);
    setRefusal("");
    setAsking(true);
    try {
      await start.mutateAsync(await subscribe());
    } catch (trouble) {
      if (trouble instanceof Denied) setRefusal("hereDenied");
      else if (trouble instanceof Unable) setRefusal("hereUnable");
      else setWrong(trouble);
    } finally {
      setAsking(false);
    }
  };
  const known = browsers.data ?? [];
  const isOn = known.some((one) => one.subscription === own);
  const others = known.filter((one) => one.subscription !== own);
  return (
    <Card title={w().here}>
      {isOn ? (
        <>
          <Banner tone="good" role="status">
            {w().hereOn}
          </Banner>
          <Button busy={stop.isPending} onClick={() => stop.mutate(own)}>
            {w().hereStop}
          </Button>
        </>
      ) : canPush() ? (
        <>
          <p>{w().hereMore}</p>
          {refusal && (
            <Banner tone="care" role="alert">
              {w()[refusal]}
            </Banner>
          )}
          <Button busy={asking} onClick={press}>
            <BellRing size={20} aria-hidden /> {w().hereStart}
          </Button>
        </>
      ) : (
        <p class="soft">{w().hereNot}</p>
      )}
      <Trouble of={wrong ?? stop.error} />
      {others.length > 0 && (
        <>
          <h3>{w().otherBrowsers}</h3>
          <ul class="stack tight">
            {others.map((one) => (
              <li key={one.subscription} class="row apart">
                <span>
                  <Bell size={16} aria-hidden /> {w().since(dayAndTime(one.since))}
                </span>
                <Button
                  small
                  busy={stop.isPending && stop.variables === one.subscription}
                  onClick={() => stop.mutate(one.subscription)}
                >
                  {w().stopOther}
                </Button>
              </li>
            ))}
          </ul>
        </>
      )}
    </Card>
  );
}
