// Applying: the services, then one of them step by step. All that is asked, said and charged comes from the API's form and quote.
import { useLocation } from "preact-iso";
import { who } from "~/api/session";
import { useServices } from "~/base/homes";
import { said } from "~/base/words";
import { Answer } from "~/parts/answer";
import { Facts } from "~/parts/basics";
import { Screen } from "~/parts/screen";
import { pricesOf, useForm } from "./form";
import { Wizard } from "./wizard";
import { w } from "./words";

export default function Apply() {
  const { path } = useLocation();
  const [, service = "", step = ""] = /^\/apply\/([a-z0-9-]+)\/?([a-z]*)/.exec(path) ?? [];
  return service ? <One service={service} step={step} /> : <Services />;
}

function Services() {
  const services = useServices();
  return (
    <Screen title={w().services} back={who.value ? "/account" : "/sign-in"}>
      <div class="stack">
        <p class="soft">{w().servicesMore}</p>
        <Answer of={services}>
          {({ items }) =>
            items.map((one) => <Service key={one.service} service={one.service} title={said(one.title as never)} />)
          }
        </Answer>
      </div>
    </Screen>
  );
}

/** A service with what it is and what it costs, for the plans that can be applied for. */
function Service({ service, title }: { service: string; title: string }) {
  const form = useForm(service);
  const open = form.data?.plans.filter((plan) => plan.open) ?? [];
  if (form.data && !open.length)
    return (
      <section class="card stack tight">
        <h2>{title}</h2>
        <p class="soft">{w().closed}</p>
      </section>
    );
  return (
    <a class="card stack tight" href={`/apply/${service}`}>
      <h2>{title}</h2>
      {open.map((plan) => (
        <div key={plan.plan}>
          {open.length > 1 && <strong>{said(plan.label)}</strong>}
          {plan.summary && <p>{said(plan.summary)}</p>}
          {plan.prices.length > 0 && <Facts of={pricesOf(plan)} />}
        </div>
      ))}
    </a>
  );
}

function One({ service, step }: { service: string; step: string }) {
  const form = useForm(service);
  return form.data ? (
    <Wizard form={form.data} step={step} />
  ) : (
    <Screen title={w().title} back="/apply">
      <Answer of={form}>{() => null}</Answer>
    </Screen>
  );
}
