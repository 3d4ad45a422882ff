// The order in which people are told, as sentences to fill in.

import { useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { api, data } from "~/api/client";
import { Problem } from "~/api/problem";
import { useChange } from "~/api/queries";
import { common } from "~/base/common";
import { useHomeId } from "~/base/homes";
import { Answer } from "~/parts/answer";
import { Button, Card } from "~/parts/basics";
import { SelectField, TickField } from "~/parts/fields";
import { Form, Trouble } from "~/parts/form";
import { Screen } from "~/parts/screen";
import { tell } from "~/parts/toast";
import { nameOf, type People, type Person, usePeople } from "./read";
import { nextStep, type Step, steps } from "./telling-view";
import { w } from "./telling-words";

const AFTER = [0, 5, 10, 15, 30, 60, 120, 180];

export function Steps() {
  const home = useHomeId();
  const people = usePeople(home);
  return (
    <Screen title={w().stepsTitle} back={`/homes/${home}/alerts/telling`}>
      <Answer of={people}>{(all) => <Editor home={home} all={all} />}</Answer>
    </Screen>
  );
}

function Editor({ home, all }: { home: string; all: People }) {
  const { route } = useLocation();
  const [drafts, setDrafts] = useState<Step[]>(() => all.steps as Step[]);
  const [wrongs, setWrongs] = useState<Record<number, string>>({});
  const save = useChange({
    send: (body: { steps: Step[] }) =>
      data(api.PUT("/v1/contracts/{contract}/escalation", { params: { path: { contract: home } }, body })),
    touches: [["people", home]],
    done: () => {
      tell(w().saved);
      route(`/homes/${home}/alerts/telling`);
    },
  });
  const turn = (place: number, more: Partial<Step>) => {
    setDrafts(drafts.map((one, other) => (other === place ? { ...one, ...more } : one)));
    setWrongs({});
  };
  const submit = () => {
    const empty = drafts.flatMap((one, place) => (one.to.length ? [] : [place]));
    setWrongs(Object.fromEntries(empty.map((place) => [place, w().needWho])));
    if (!empty.length)
      save.mutate(
        { steps: steps(drafts) },
        {
          onError: (wrong) => {
            const place = /^steps\.(\d+)\./.exec(wrong.field)?.[1];
            if (place) setWrongs({ [place]: [wrong.detail, wrong.cure].filter(Boolean).join(" ") });
          },
        },
      );
  };
  const field = save.error instanceof Problem ? save.error.field : "";
  return (
    <Form onSubmit={submit} label={w().stepsTitle}>
      <p class="soft">{drafts.length ? w().stepsMore : w().noSteps}</p>
      {drafts.map((one, place) => (
        <OneStep
          key={place}
          number={place + 1}
          step={one}
          people={all.items}
          wrong={wrongs[place]}
          onTurn={(more) => turn(place, more)}
          onRemove={() => setDrafts(drafts.filter((_, other) => other !== place))}
        />
      ))}
      <div class="row even">
        <Button onClick={() => setDrafts([...drafts, nextStep(drafts, all.items)])}>
          {drafts.length ? w().addStep : w().firstStep}
        </Button>
        {drafts.length > 0 && <Button onClick={() => setDrafts([])}>{w().allAtOnce}</Button>}
      </div>
      <p class="soft small">{w().openKeep}</p>
      {!field.startsWith("steps.") && <Trouble of={save.error} />}
      <Button type="submit" kind="main" busy={save.isPending}>
        {common().save}
      </Button>
    </Form>
  );
}

type StepProps = {
  number: number;
  step: Step;
  people: Person[];
  wrong: string | undefined;
  onTurn: (more: Partial<Step>) => void;
  onRemove: () => void;
};

function OneStep({ number, step, people, wrong, onTurn, onRemove }: StepProps) {
  const choices = [...new Set([...AFTER, step.after_minutes])].toSorted((one, other) => one - other);
  return (
    <Card
      title={w().step(number)}
      aside={
        <Button small onClick={onRemove}>
          {w().removeStep}
        </Button>
      }
    >
      <SelectField
        label={w().stepWhen}
        value={String(step.after_minutes)}
        onValue={(value) => onTurn({ after_minutes: Number(value) })}
        options={choices.map((minutes) => ({ value: String(minutes), label: wait(minutes) }))}
      />
      <fieldset class="field">
        <legend>{w().stepWho}</legend>
        {people.map((one, place) => (
          <TickField
            key={one.person}
            label={nameOf([one], one.person)}
            checked={step.to.includes(one.person)}
            wrong={place === people.length - 1 ? wrong : undefined}
            onChecked={(on) =>
              onTurn({ to: on ? [...step.to, one.person] : step.to.filter((person) => person !== one.person) })
            }
          />
        ))}
      </fieldset>
      <TickField label={w().stepAsk} more={w().stepAskMore} checked={!!step.ask} onChecked={(ask) => onTurn({ ask })} />
    </Card>
  );
}

function wait(minutes: number): string {
  if (!minutes) return w().atOnce;
  return minutes % 60 ? w().minutes(minutes) : w().hours(minutes / 60);
}
