// Days and months: what was, and how it compares. The address names the day and what is looked at, so that it can be come back to.
import "./days.css";
import { CalendarDays } from "lucide-preact";
import { useLocation } from "preact-iso";
import { isoDay } from "~/base/format";
import { useHomeId } from "~/base/homes";
import { type Subject, subjectsOf, useNow } from "~/base/now";
import { NotFound } from "~/not-found";
import { Answer } from "~/parts/answer";
import { Empty } from "~/parts/basics";
import { Tabs } from "~/parts/menu";
import { Screen } from "~/parts/screen";
import { Pages } from "./pages";
import type { Span } from "./plots";
import { OneSubject } from "./subject";
import { isDay, isMonth } from "./when";
import { w } from "./words";

export default function Days() {
  const home = useHomeId();
  const { path, query, route } = useLocation();
  const now = useNow(home);
  const [, view, asked = ""] = /^\/homes\/[^/]+\/(days|months)(?:\/([^/]+))?/.exec(path) ?? [];
  return (
    <Screen title={w().title}>
      <Answer of={now} lines={6}>
        {(seen) => {
          const today = isoDay(seen.at);
          const span = spanOf(view, asked, today);
          const subjects = subjectsOf(seen.devices);
          if (!span) return <NotFound />;
          if (!subjects.length) return <Nothing />;
          const found = subjects.find((one) => one.subject === query.show) ?? subjects[0];
          const at = (to: Span, show = found?.subject) =>
            `/homes/${home}/${"day" in to ? `days/${to.day}` : `months/${to.month}`}${show ? `?show=${show}` : ""}`;
          return (
            <div class="stack">
              {subjects.length > 1 && (
                <Tabs
                  label={w().subjects}
                  of={subjects.map(({ subject }) => ({ value: subject, label: w()[subject] }))}
                  value={found?.subject ?? ""}
                  onValue={(show) => route(at(span, show as Subject), true)}
                />
              )}
              <Pages span={span} today={today} to={at}>
                {found && <OneSubject key={found.subject} home={home} span={span} today={today} to={at} {...found} />}
              </Pages>
            </div>
          );
        }}
      </Answer>
    </Screen>
  );
}

function spanOf(view: string | undefined, asked: string, today: string): Span | undefined {
  if (view === "months") return { month: isMonth(asked) ? asked : today.slice(0, 7) };
  if (!asked) return { day: today };
  return isDay(asked) ? { day: asked } : undefined;
}

function Nothing() {
  return (
    <Empty mark={<CalendarDays size={40} aria-hidden />}>
      <h2>{w().noDevices}</h2>
      <p>{w().noDevicesMore}</p>
    </Empty>
  );
}
