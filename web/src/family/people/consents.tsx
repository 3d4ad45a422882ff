import { api, data, key } from "~/api/client";
import { useChange } from "~/api/queries";
import { day } from "~/base/format";
import { said } from "~/base/words";
import { Answer } from "~/parts/answer";
import { Button, Card } from "~/parts/basics";
import { useSure } from "~/parts/dialog";
import { tell } from "~/parts/toast";
import { type Consent, latest, useConsents } from "./data";
import { w } from "./words";

/** What was agreed to, in words; one's own can be taken back. */
export function Consents({ home }: { home: string }) {
  const consents = useConsents(home);
  return (
    <Card title={w().consents}>
      <Answer of={consents}>
        {({ items }) =>
          items.length ? (
            <details>
              <summary>{w().consentsCount(latest(items).filter((one) => one.in_force).length)}</summary>
              <ul class="stack">
                {latest(items).map((one) => (
                  <Row key={`${one.consent} ${one.to} ${one.by} ${one.person}`} home={home} one={one} />
                ))}
              </ul>
            </details>
          ) : (
            <p class="soft">{w().consentsNone}</p>
          )
        }
      </Answer>
    </Card>
  );
}

function Row({ home, one }: { home: string; one: Consent }) {
  const sure = useSure();
  const withdraw = useChange({
    send: (consent: string, once) =>
      data(
        api.POST("/v1/contracts/{contract}/consents/withdraw", {
          params: { path: { contract: home }, header: key(once) },
          body: { consent },
        }),
      ),
    touches: [
      ["people", home],
      ["contract", home],
    ],
    done: () => tell(w().withdrawDone),
  });
  const { label, means } = one;
  const holds = ["contractor", "applicant", "operator"].includes(one.by);
  const ask = () =>
    sure.ask({
      title: w().withdrawTitle,
      children: `${said(label)} — ${holds ? w().withdrawHolder : w().withdrawMore}`,
      label: w().withdraw,
      danger: true,
      onYes: () => withdraw.mutateAsync(one.consent),
    });
  return (
    <li class="row apart">
      <div class="grow">
        <strong>{said(label) || one.consent}</strong>
        {means && <p class="soft small">{said(means)}</p>}
        <p class="soft small">
          {one.person ? `${one.person} · ` : ""}
          {one.in_force ? w().given(day(one.at)) : w().withdrawn(day(one.at))}
        </p>
      </div>
      {one.in_force && (
        <Button small kind="quiet" onClick={ask} aria-label={`${w().withdraw}: ${said(label) || one.consent}`}>
          {w().withdraw}
        </Button>
      )}
      {sure.dialog}
    </li>
  );
}
