// The last look: what it costs, when it begins, how to leave; what there is to read and to agree to; and the button that applies.
import { useState } from "preact/hooks";
import { api, data, key, newKey, Problem } from "~/api/client";
import { useChange, useQuery } from "~/api/queries";
import type { paths } from "~/api/schema";
import { who } from "~/api/session";
import { day, yen } from "~/base/format";
import { homesKey } from "~/base/homes";
import { language, said } from "~/base/words";
import { Answer } from "~/parts/answer";
import { Banner, Button, ButtonLink, Card, Facts } from "~/parts/basics";
import { Folds } from "~/parts/folds";
import { Form as Frame, Trouble } from "~/parts/form";
import { Agree, Before, Paragraphs } from "./agree";
import { complaints, type Wrongs } from "./complaints";
import { bodyOf, forgetDraft, leavingTexts } from "./draft";
import type { Field, Plan, Texts } from "./form";
import type { StepProps } from "./wizard";
import { w } from "./words";

type Quote = paths["/v1/quotes"]["post"]["responses"]["200"]["content"]["application/json"];
type Made = paths["/v1/contracts"]["post"]["responses"]["201"]["content"]["application/json"];
type Body = paths["/v1/contracts"]["post"]["requestBody"]["content"]["application/json"];

export function Cost({ blame, ...props }: StepProps & { blame: (wrongs: Wrongs) => void }) {
  const { form, plan, draft } = props;
  const body = bodyOf(form.service, plan, draft, language.value) as Body;
  const { consents: _, ...asked } = body; // who asks what it costs agrees to nothing yet
  const [made, setMade] = useState<Made>();
  const quote = useQuery({
    queryKey: ["application", asked],
    queryFn: () => data(api.POST("/v1/quotes", { params: { header: key(newKey()) }, body: asked })),
    enabled: !!who.value && !made,
    gcTime: 0,
  });
  const apply = useChange({
    send: (what: Body, once) => data(api.POST("/v1/contracts", { params: { header: key(once) }, body: what })),
    touches: [homesKey],
    done: (answer) => {
      setMade(answer);
      if (answer.state !== "refused") forgetDraft(form.service);
    },
  });
  if (made) return <Done made={made} />;
  if (!who.value) return <Door service={form.service} />;
  const meant = fieldOf(plan, quote.error) ?? fieldOf(plan, apply.error);
  if (meant)
    return (
      <div class="stack">
        <Trouble of={quote.error ?? apply.error} />
        <ButtonLink kind="main" href={`/apply/${form.service}/${stepOf(meant.name)}`}>
          {w().backTo(said(meant.label))}
        </ButtonLink>
      </div>
    );
  const press = () => {
    const missing = complaints({ name: "cost", groups: [] }, plan, draft);
    blame(missing);
    if (!Object.keys(missing).length) apply.mutate(body);
  };
  return (
    <Answer of={quote}>
      {(told) =>
        told.state === "refused" ? (
          <Banner tone="care" role="alert" title={w().refused}>
            <Reasons of={told.refusals} />
            <p>{w().refusedCure}</p>
          </Banner>
        ) : (
          <Frame onSubmit={press} label={w().cost}>
            <Sums quote={told} plan={plan} />
            <Before plan={plan} />
            <Agree {...props} />
            <Trouble of={apply.error} />
            <Button type="submit" kind="main" wide busy={apply.isPending}>
              {w().go}
            </Button>
            <p class="soft small">{w().goHint}</p>
          </Frame>
        )
      }
    </Answer>
  );
}

/** The field that the API speaks of, where it is one that was asked. */
function fieldOf(plan: Plan, wrong: unknown): Field | undefined {
  return wrong instanceof Problem && wrong.field ? plan.fields.find((field) => field.name === wrong.field) : undefined;
}

const STEPS: [RegExp, string][] = [
  [/^applicant\./, "who"],
  [/^site\./, "home"],
  [/contact\./, "contact"],
];
const stepOf = (field: string) => STEPS.find(([names]) => names.test(field))?.[1] ?? "choose";

function Reasons({ of }: { of: { ja: string; en: string }[] | undefined }) {
  return (
    <ul class="dots">
      {of?.map((reason) => (
        <li key={reason.en}>{said(reason)}</li>
      ))}
    </ul>
  );
}

/** Nobody is signed in: there and back, and nothing is lost. */
function Door({ service }: { service: string }) {
  const back = encodeURIComponent(`/apply/${service}/cost`);
  return (
    <div class="stack">
      <Banner>{w().signIn}</Banner>
      <ButtonLink kind="main" href={`/sign-in?to=${back}`}>
        {w().signIn.split("。")[0]?.split(".")[0]}
      </ButtonLink>
      <ButtonLink href={`/sign-up?to=${back}`}>{w().signUp}</ButtonLink>
    </div>
  );
}

function Sums({ quote, plan }: { quote: Quote; plan: Plan }) {
  const sums = quote.sums;
  if (!sums?.total)
    return (
      <>
        <Card title={w().nothingFixed}>
          <p>{said(plan.summary)}</p>
          <Facts of={[[w().startsOn, quote.service_starts_on && day(quote.service_starts_on)]]} />
          <Assumed quote={quote} />
        </Card>
        <Leaving of={sums?.leaving ?? []} plan={plan} />
      </>
    );
  return (
    <>
      <Card title={w().firstYear(day(sums.until))}>
        <p class="total number">{yen(sums.total)}</p>
        <Facts
          of={[
            ...sums.once.map((one): [string, string] => [`${said(one.label)} (${w().once})`, yen(one.amount)]),
            ...sums.repeated.map((one): [string, string] => [
              `${said(one.label)} (${w().repeated(one.times)})`,
              yen(one.amount),
            ]),
          ]}
        />
      </Card>
      <Card title={w().begins}>
        <Facts
          of={[
            [w().startsOn, quote.service_starts_on && day(quote.service_starts_on)],
            [w().firstBill, sums.first_bill ? yen(sums.first_bill.total) : w().noBill],
            [w().firstBillDue, sums.first_bill && day(sums.first_bill.due_on)],
            [sums.then ? w().later(sums.then.every_months) : "", sums.then ? yen(sums.then.total) : ""],
          ]}
        />
        <Assumed quote={quote} />
      </Card>
      <Leaving of={sums.leaving} plan={plan} />
    </>
  );
}

function Assumed({ quote }: { quote: Quote }) {
  if (!quote.assumed?.length) return null;
  return (
    <div class="stack tight">
      <h3>{w().assumed}</h3>
      <ul class="dots soft small">
        {quote.assumed.map((one) => (
          <li key={one.command}>{said(one as { ja?: string; en?: string })}</li>
        ))}
      </ul>
    </div>
  );
}

type LeavingOf = NonNullable<NonNullable<Quote["sums"]>["leaving"]>;

/** The way out, each part behind its name; of what is to be read before applying all that speaks of leaving stands here. */
function Leaving({ of, plan }: { of: LeavingOf; plan: Plan }) {
  const titles: Record<string, string> = { cooling_off: w().cooling_off, ending: w().ending, refund: w().refund };
  const folds = of.map((one) => ({
    key: one.kind as string,
    title: one.kind === "shortest_term" ? w().shortest(one.months ?? 0) : (titles[one.kind] ?? w().leaving),
    children: <Paragraphs of={one.texts as Texts} />,
  }));
  const told = of.flatMap((one) => one.texts.map((text) => text.id));
  const rest = leavingTexts(plan).filter((text) => !told.includes(text.id));
  if (rest.length) folds.push({ key: "rest", title: of.length ? w().others : w().ending, children: <Paragraphs of={rest} /> });
  if (!folds.length) return null;
  return (
    <section class="stack tight">
      <h2>{w().leaving}</h2>
      <Folds of={folds} />
    </section>
  );
}

function Done({ made }: { made: Made }) {
  const refused = made.state === "refused";
  const kept = useQuery({
    queryKey: ["contract", made.id],
    queryFn: () => data(api.GET("/v1/contracts/{contract}", { params: { path: { contract: made.id } } })),
    enabled: refused,
  });
  if (refused)
    return (
      <div class="stack">
        <Banner tone="care" role="alert" title={w().doneRefused}>
          <Reasons of={kept.data?.labels?.refusal_reasons} />
        </Banner>
        <ButtonLink href="/apply">{w().toServices}</ButtonLink>
      </div>
    );
  return (
    <div class="stack">
      <Banner tone="good" role="status" title={w().done}>
        {w().doneMore}
      </Banner>
      <ButtonLink kind="main" wide href={`/homes/${made.id}/contract`}>
        {w().toContract}
      </ButtonLink>
    </div>
  );
}
