// Today: how each home is, what needs attention first. One home is shown whole; of several each has a card.
import "./today.css";
import { House } from "lucide-preact";
import { useLocation } from "preact-iso";
import { type Home, isOver, useHomeName, useHomes } from "~/base/homes";
import { useUrgentFirst } from "~/base/now";
import { NotFound } from "~/not-found";
import { Answer } from "~/parts/answer";
import { ButtonLink, Empty } from "~/parts/basics";
import { Screen } from "~/parts/screen";
import { HomeCard } from "./card";
import { HomeLook } from "./home";
import { w } from "./words";

export function Today() {
  const { path } = useLocation();
  const asked = /^\/homes\/([^/]+)/.exec(path)?.[1];
  const homes = useHomes();
  const name = useHomeName();
  const one = asked ? homes.data?.find((home) => home.id === asked) : homes.data?.length === 1 ? homes.data[0] : undefined;
  if (asked && homes.data && !one) return <NotFound />;
  const back = asked && (homes.data?.length ?? 0) > 1 ? { back: "/" } : {};
  return (
    <Screen title={one ? name(one) || w().title : w().title} {...back}>
      <Answer of={homes} lines={6}>
        {(all) => (one ? <HomeLook home={one} /> : <All homes={all} name={name} />)}
      </Answer>
    </Screen>
  );
}

function All({ homes, name }: { homes: Home[]; name: (home: Home) => string }) {
  const living = useUrgentFirst(homes.filter((home) => !isOver(home)));
  if (!homes.length)
    return (
      <Empty mark={<House size={40} aria-hidden />}>
        <h2>{w().noHome}</h2>
        <p>{w().noHomeMore}</p>
        <ButtonLink kind="main" href="/apply">
          {w().apply}
        </ButtonLink>
        <ButtonLink kind="quiet" href="/invitation">
          {w().invited}
        </ButtonLink>
      </Empty>
    );
  const over = homes.filter(isOver);
  return (
    <div class="stack wide">
      {living.map((home) => (
        <HomeCard key={home.id} home={home} name={name(home)} />
      ))}
      {over.length > 0 && (
        <section class="stack">
          <h2 class="soft">{w().overHomes}</h2>
          {over.map((home) => (
            <HomeCard key={home.id} home={home} name={name(home)} />
          ))}
        </section>
      )}
    </div>
  );
}
