// What needs somebody now, before everything else: each with what to do.
import { when } from "~/base/format";
import { type Home, mayIn } from "~/base/homes";
import { said } from "~/base/words";
import { Banner, ButtonLink, type Tone } from "~/parts/basics";
import { type Alert, useOpenAlerts } from "./asked";
import { w } from "./words";

const TONES: Record<string, Tone> = { critical: "alarm", warning: "care", info: "info" };
const GRAVE = ["critical", "warning", "info"];

/** Open alerts, the gravest first; `most`: how many are shown whole. */
export function OpenAlerts({ home, count, at, most = 5 }: { home: Home; count: number; at: Date; most?: number }) {
  const asked = useOpenAlerts(home.id, mayIn(home, "alerts.list") ? count : 0);
  const alerts = (asked.data?.items ?? []).toSorted((a, b) => GRAVE.indexOf(a.level) - GRAVE.indexOf(b.level));
  if (!count || !alerts.length) return null;
  return (
    <section class="stack tight" aria-label={w().attention}>
      {alerts.slice(0, most).map((alert) => (
        <One key={alert.alert} home={home.id} alert={alert} at={at} />
      ))}
    </section>
  );
}

function One({ home, alert, at }: { home: string; alert: Alert; at: Date }) {
  const cared = !!alert.acknowledged_at;
  const followed = alert.followed?.at(-1);
  return (
    <Banner tone={TONES[alert.level] ?? "info"} title={said(alert.sentence)}>
      <div class="stack tight">
        <p class="small">
          {w().since(when(alert.opened_at, at))}
          {" · "}
          {followed ? said(followed) : cared ? "" : w().nobodyYet}
        </p>
        <div>
          <ButtonLink kind={cared ? "plain" : "main"} href={`/homes/${home}/alerts/log/${alert.alert}`}>
            {cared ? w().open : w().care}
          </ButtonLink>
        </div>
      </div>
    </Banner>
  );
}
