import { useEffect, useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { who } from "~/api/session";
import { common } from "~/base/common";
import { said } from "~/base/words";
import { Banner, Button } from "~/parts/basics";
import { Form as Frame } from "~/parts/form";
import { Screen } from "~/parts/screen";
import { Choose } from "./choose";
import { complaints, type Wrongs } from "./complaints";
import { Cost } from "./cost";
import { asked, type Draft, documentsOf, draftOf, hasPayer } from "./draft";
import { Fields } from "./fields";
import type { Form, Plan } from "./form";
import { Pay } from "./pay";
import { w } from "./words";

export type StepProps = { form: Form; plan: Plan; draft: Draft; set: (change: Partial<Draft>) => void; wrongs: Wrongs };

type Step = { name: string; title: string; groups: string[] };

/** The steps of this plan: those that have something to ask. */
export function stepsOf(form: Form, plan: Plan, draft: Draft): Step[] {
  const steps: (Step & { there: boolean })[] = [
    {
      name: "choose",
      title: w().choose,
      groups: [],
      there: form.plans.length > 1 || plan.options.length + plan.devices.length + plan.hangs_on.length > 0,
    },
    {
      name: "who",
      title: w().who,
      groups: ["applicant."],
      there: asked(plan, draft, ["applicant."]).length > 0 || hasPayer(plan),
    },
    { name: "home", title: w().home, groups: ["site."], there: asked(plan, draft, ["site."]).length > 0 },
    {
      name: "contact",
      title: w().contact,
      groups: ["contact.", "payer_contact."],
      there: asked(plan, draft, ["contact."]).length > 0,
    },
    { name: "pay", title: w().pay, groups: [], there: plan.payment_methods.length > 1 || documentsOf(plan, draft).length > 0 },
    { name: "cost", title: w().cost, groups: [], there: true },
  ];
  return steps.filter((step) => step.there);
}

export function Wizard({ form, step }: { form: Form; step: string }) {
  const { route } = useLocation();
  const held = draftOf(form.service);
  const [wrongs, setWrongs] = useState<Wrongs>({});
  const open = form.plans.filter((plan) => plan.open);
  const draft = (held.value ?? {}) as Draft;
  const plan = open.find((one) => one.plan === draft.plan) ?? open[0];
  useEffect(() => {
    if (plan && (draft.plan !== plan.plan || !draft.payment_method)) held.value = begun(plan, draft);
  });
  useEffect(warned, []);
  if (!plan)
    return (
      <Screen title={said(form.title)} back="/apply">
        <Banner tone="care">{w().closed}</Banner>
      </Screen>
    );
  const steps = stepsOf(form, plan, draft);
  const place = Math.max(
    0,
    steps.findIndex((one) => one.name === step),
  );
  const here = steps[place] as Step;
  const at = (to: number) => (steps[to] ? `/apply/${form.service}/${steps[to]?.name}` : "/apply");
  const set = (change: Partial<Draft>) => {
    held.value = { ...draft, ...change };
    setWrongs({});
  };
  const next = () => {
    const found = complaints(here, plan, draft);
    setWrongs(found);
    if (!Object.keys(found).length) route(at(place + 1));
  };
  const props: StepProps = { form, plan, draft, set, wrongs };
  return (
    <Screen title={here.title} back={place ? at(place - 1) : "/apply"}>
      <div class="stack">
        <Progress form={form} place={place} count={steps.length} />
        {here.name === "cost" ? (
          <Cost {...props} blame={setWrongs} />
        ) : (
          <Frame onSubmit={next} label={here.title}>
            {here.name === "choose" && <Choose {...props} plans={open} />}
            {here.name === "pay" && <Pay {...props} />}
            {here.groups.length > 0 && <Fields {...props} groups={here.groups} />}
            <Button type="submit" kind="main" wide>
              {common().next}
            </Button>
          </Frame>
        )}
      </div>
    </Screen>
  );
}

/** A plan just chosen: what is required with it, and the one way to pay where there is one. */
function begun(plan: Plan, draft: Draft): Draft {
  const same = draft.plan === plan.plan;
  const options = Object.fromEntries(plan.options.filter((one) => one.required && !one.closed).map((one) => [one.option, 1]));
  const method = plan.payment_methods[0]?.payment_method ?? "";
  const kind: Draft["fields"] = plan.fields.some((field) => field.name === "applicant.kind")
    ? { "applicant.kind": "person" }
    : {};
  return {
    ...draft,
    fields: { ...kind, ...mine(plan), ...draft.fields },
    plan: plan.plan,
    options: same ? draft.options : options,
    devices: same ? draft.devices : {},
    parent: same ? draft.parent : "",
    payment_method: method,
  };
}

/** Who is signed in is reached at the address that they sign in with, unless they say another. */
const mine = (plan: Plan): Draft["fields"] =>
  who.value?.email && plan.fields.some((field) => field.name === "contact.email") ? { "contact.email": who.value.email } : {};

/** A draft is kept in memory only: leaving the page asks first. */
function warned() {
  const ask = (event: BeforeUnloadEvent) => event.preventDefault();
  addEventListener("beforeunload", ask);
  return () => removeEventListener("beforeunload", ask);
}

function Progress({ form, place, count }: { form: Form; place: number; count: number }) {
  return (
    <div class="stack tight">
      <p class="soft small">
        {said(form.title)} · <span class="nowrap">{w().step(place + 1, count)}</span>
      </p>
      <ol class="steps" aria-hidden>
        {Array.from({ length: count }, (_, step) => (
          <li key={`step-${step.toString()}`} class={step <= place ? "done" : ""} />
        ))}
      </ol>
    </div>
  );
}
