import { CircleCheck } from "lucide-preact";
import { useEffect, useState } from "preact/hooks";
import { useRoute } from "preact-iso";
import { api, data, key } from "~/api/client";
import { useChange } from "~/api/queries";
import { common } from "~/base/common";
import { day } from "~/base/format";
import { useHomeId } from "~/base/homes";
import { said } from "~/base/words";
import { Answer } from "~/parts/answer";
import { Banner, Button, ButtonLink, Card, Empty } from "~/parts/basics";
import { useSure } from "~/parts/dialog";
import { Folds } from "~/parts/folds";
import { Form, Trouble, useForm } from "~/parts/form";
import { Screen } from "~/parts/screen";
import { type Step, useCalendar, useChoices, useContract } from "./asked";
import { Moments } from "./moments";
import { InShort, QuoteCard, useQuote } from "./quote";
import { begin, bodyOf, effect, most, priced, stepKey, type Values, type Wrong, wrong } from "./step";
import { StepFields } from "./step-fields";
import { ahead } from "./view";
import { w } from "./words";

const NEXT = 3;
const TYPING_MS = 400;

/** One thing that can be asked for: what is needed, what it costs, and only then the button. */
export function StepScreen() {
  const home = useHomeId();
  const { step: wanted = "" } = useRoute().params;
  const choices = useChoices(home);
  const [done, setDone] = useState<Step>();
  const step = choices.data?.items.find((one) => stepKey(one) === wanted);
  return (
    <Screen title={said((done ?? step)?.label) || w().steps} back={`/homes/${home}/contract/do`}>
      {done ? (
        <Done home={home} />
      ) : (
        <Answer of={choices}>
          {() =>
            step ? (
              step.possible ? (
                <Asking key={wanted} home={home} step={step} onDone={setDone} />
              ) : (
                <NotNow step={step} />
              )
            ) : (
              <Empty>{w().stepGone}</Empty>
            )
          }
        </Answer>
      )}
    </Screen>
  );
}

function NotNow({ step }: { step: Step }) {
  return (
    <div class="stack">
      <p>{said(step.does)}</p>
      <Banner tone="care" title={said(step.refused)}>
        {step.possible_on && w().possibleOn(day(step.possible_on))}
      </Banner>
      <Why texts={step.refused?.texts ?? []} />
    </div>
  );
}

type Text = { id: string; ja: string; en: string };

/** The rules behind it, for who wants to know. */
function Why({ texts }: { texts: Text[] }) {
  if (!texts.length) return null;
  return (
    <details class="small">
      <summary>{common().details}</summary>
      {texts.map((text) => (
        <p key={text.id}>
          {said(text)} <span class="soft">({common().rule(text.id)})</span>
        </p>
      ))}
    </details>
  );
}

const SHORT = 2; // texts that nobody minds seeing at once

/** What the terms want to be read first: after what it costs, and behind its name where it is long. */
function Before({ texts }: { texts: Text[] }) {
  const all = texts.map((text) => <p key={text.id}>{said(text)}</p>);
  if (!all.length) return null;
  if (all.length > SHORT) return <Folds of={[{ key: "before", title: w().before, children: all }]} />;
  return <Card title={w().before}>{all}</Card>;
}

function Asking({ home, step, onDone }: { home: string; step: Step; onDone: (step: Step) => void }) {
  const { form, quote, press, sure, waits } = useAsking(home, step, onDone);
  const effects = effect(step, form.values);
  return (
    <Form onSubmit={press} label={said(step.label)}>
      <p>{said(step.does)}</p>
      <StepFields of={step.fields} form={form} />
      {effects && <Banner role="status">{said(effects)}</Banner>}
      <div aria-live="polite" class="stack">
        {step.quote && waits && <p class="soft">{w().quoteWaits}</p>}
        {quote.data && !waits && <QuoteCard quote={quote.data} home={home} chosen={priced(step.fields, form.values)} />}
        {quote.error && !waits ? <Trouble of={quote.error} /> : null}
      </div>
      <Before texts={step.texts} />
      <Button kind="main" type="submit" busy={quote.isFetching}>
        {w().goOn}
      </Button>
      {sure.dialog}
    </Form>
  );
}

function useAsking(home: string, step: Step, onDone: (step: Step) => void) {
  const contract = useContract(home).data;
  const form = useForm<Values>(begin(step.fields));
  const missing = wrong(step.fields, form.values);
  const body = useSettled(Object.keys(missing).length ? undefined : bodyOf(step, form.values));
  const quote = useQuote(home, step, body);
  const send = useCommand(home, step, onDone);
  const sure = useSure();
  const press = () => {
    const found = wrong(step.fields, form.values);
    form.setWrongs(Object.fromEntries(Object.entries(found).map(([name, why]) => [name, sentence(why, step, form.values)])));
    if (Object.keys(found).length || (step.quote && (!quote.data || quote.data.refused))) return;
    sure.ask({
      title: said(step.label),
      children: quote.data ? (
        <InShort quote={quote.data} home={home} chosen={priced(step.fields, form.values)} />
      ) : (
        w().sureMore
      ),
      label: said(step.label),
      danger: !!quote.data?.ends_on && !contract?.ends_on,
      onYes: async () => {
        try {
          await send.mutateAsync(bodyOf(step, form.values));
        } catch (no) {
          if (!form.blame(no)) throw no;
        }
      },
    });
  };
  return { form, quote, press, sure, waits: !body };
}

function sentence(why: Wrong, step: Step, values: Values): string {
  if (why === "number") return w().numberWrong(1, most(step.fields, values));
  return why === "shape" ? w().shapeWrong : w().needed;
}

function useCommand(home: string, step: Step, onDone: (step: Step) => void) {
  return useChange({
    send: (body: Record<string, unknown>, once) =>
      data(
        // Each command has a door of its own; which one it is, the API itself said.
        api.POST(`/v1/contracts/{contract}/commands/${step.command}` as "/v1/contracts/{contract}/commands/pause", {
          params: { path: { contract: home }, header: key(once) },
          body: body as never,
        }),
      ),
    touches: [["contract", home], ["bills", home], ["devices", home], ["people", home], ["now", home], ["homes"]],
    done: () => onDone(step),
  });
}

/** The value when nothing was typed for a moment; none at once. */
function useSettled(value: Record<string, unknown> | undefined): Record<string, unknown> | undefined {
  const [settled, setSettled] = useState(value);
  const text = JSON.stringify(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), value ? TYPING_MS : 0);
    return () => clearTimeout(timer);
  }, [text]);
  return JSON.stringify(settled) === text ? settled : undefined;
}

function Done({ home }: { home: string }) {
  const calendar = useCalendar(home);
  const next = ahead(calendar.data?.items ?? []).slice(0, NEXT);
  return (
    <div class="stack">
      <Banner tone="good" role="status" title={w().done}>
        {w().doneMore}
      </Banner>
      {next.length > 0 && (
        <Card title={w().doneNext}>
          <Moments of={next} />
        </Card>
      )}
      <ButtonLink kind="main" href={`/homes/${home}/contract`}>
        <CircleCheck size={20} aria-hidden />
        {w().toContract}
      </ButtonLink>
    </div>
  );
}
