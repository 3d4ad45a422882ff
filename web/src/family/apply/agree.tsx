// What there is to read before applying, by subject, and each consent with what it means.
import { said } from "~/base/words";
import { Button } from "~/parts/basics";
import { TickField } from "~/parts/fields";
import { Folds } from "~/parts/folds";
import { bySubject, needed } from "./draft";
import type { Plan, Texts } from "./form";
import type { StepProps } from "./wizard";
import { w } from "./words";

export function Paragraphs({ of }: { of: Texts }) {
  return (
    <>
      {of.map((text) => (
        <p key={text.id} class="small">
          {said(text)}
        </p>
      ))}
    </>
  );
}

export function Before({ plan }: { plan: Plan }) {
  const subjects = bySubject(plan.texts);
  if (!subjects.length) return null;
  return (
    <section class="stack tight">
      <h2>{w().before}</h2>
      <Folds
        of={subjects.map(({ subject, texts }) => ({
          key: subject.subject,
          title: said(subject.label),
          children: <Paragraphs of={texts} />,
        }))}
      />
    </section>
  );
}

export function Agree({ plan, draft, set, wrongs }: StepProps) {
  const consents = needed(plan, draft);
  const all = consents.map((one) => one.consent);
  const tick = (name: string, checked: boolean) =>
    set({ consents: checked ? [...draft.consents, name] : draft.consents.filter((one) => one !== name) });
  if (!consents.length) return null;
  return (
    <fieldset class="stack tight">
      <legend>{w().agree}</legend>
      {consents.length > 1 && (
        <div>
          <Button small onClick={() => set({ consents: all })}>
            {w().agreeAll}
          </Button>
        </div>
      )}
      {consents.map((one) => (
        <div key={one.consent}>
          <TickField
            label={said(one.label)}
            more={said(one.means)}
            checked={draft.consents.includes(one.consent)}
            wrong={wrongs[`consent ${one.consent}`]}
            onChecked={(checked) => tick(one.consent, checked)}
          />
          {one.texts.length > 0 && (
            <details>
              <summary class="small">{w().rules}</summary>
              <Paragraphs of={one.texts} />
            </details>
          )}
        </div>
      ))}
    </fieldset>
  );
}
