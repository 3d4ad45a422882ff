// One person who is told: by what, when, in which language; a test message; and the way out.
import { useLocation, useRoute } from "preact-iso";
import { api, data, key } from "~/api/client";
import { useChange } from "~/api/queries";
import { useHomeId } from "~/base/homes";
import { NotFound } from "~/not-found";
import { Answer } from "~/parts/answer";
import { Button, Card, Chip } from "~/parts/basics";
import { useSure } from "~/parts/dialog";
import { Trouble } from "~/parts/form";
import { Screen } from "~/parts/screen";
import { tell } from "~/parts/toast";
import { Here } from "./here";
import { Line } from "./line";
import { Preferences } from "./preferences";
import { calledOf, nameOf, type Person, useMay, usePeople } from "./read";
import { Telephone } from "./telephone";
import { w } from "./telling-words";
import { word } from "./words";

/** The address names a place in the list, not a person. */
export function PersonScreen() {
  const home = useHomeId();
  const place = Number(useRoute().params.place);
  const people = usePeople(home);
  const one = people.data?.items[place - 1];
  if (people.data && !one) return <NotFound />;
  return (
    <Screen title={one ? w().personTitle(nameOf([one], one.person)) : w().title} back={`/homes/${home}/alerts/telling`}>
      <Answer of={people}>{() => one && <Whole key={one.person} home={home} one={one} />}</Answer>
    </Screen>
  );
}

function Whole({ home, one }: { home: string; one: Person }) {
  const may = useMay(home);
  const theirs = may("people.add") || (!!one.you && may("people.preferences"));
  if (!theirs) return <p>{w().someoneElse}</p>;
  return (
    <div class="stack wide">
      <Preferences home={home} one={one} />
      {one.you && <Here home={home} me={one} />}
      <Line home={home} one={one} />
      <Telephone home={home} one={one} />
      <Try home={home} one={one} />
      {may("people.remove") && <Remove home={home} one={one} />}
    </div>
  );
}

function Try({ home, one }: { home: string; one: Person }) {
  const attempt = useChange({
    send: (person: string, once) =>
      data(
        api.POST("/v1/contracts/{contract}/people/{person}/test", {
          params: { path: { contract: home, person }, header: key(once) },
        }),
      ),
  });
  return (
    <Card title={w().testSent}>
      <p class="soft">{w().testMore}</p>
      <Button busy={attempt.isPending} onClick={() => attempt.mutate(one.person)}>
        {w().test}
      </Button>
      <Trouble of={attempt.error} />
      <ul class="stack tight" aria-live="polite">
        {attempt.data?.reached.map(({ channel, outcome }) => (
          <li key={channel} class="row apart">
            <span>{word(channel)}</span>
            <Chip tone={outcome === "sent" ? "good" : outcome === "failed" ? "alarm" : "care"}>{word(outcome)}</Chip>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function Remove({ home, one }: { home: string; one: Person }) {
  const { route } = useLocation();
  const sure = useSure();
  const remove = useChange({
    send: (person: string) =>
      data(api.DELETE("/v1/contracts/{contract}/people/{person}", { params: { path: { contract: home, person } } })),
    done: () => {
      tell(w().removed);
      route(`/homes/${home}/alerts/telling`, true);
    },
    touches: [["people", home]],
  });
  const ask = () =>
    sure.ask({
      title: w().removeTitle(calledOf([one], one.person)),
      children: w().removeMore,
      label: w().remove,
      danger: true,
      onYes: () => remove.mutateAsync(one.person),
    });
  return (
    <div>
      <Button kind="danger" onClick={ask}>
        {w().remove}
      </Button>
      {sure.dialog}
    </div>
  );
}
