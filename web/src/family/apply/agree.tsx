// What must be read before applying, and each consent with what it means.
import { said } from "~/base/words";
import { Button } from "~/parts/basics";
import { TickField } from "~/parts/fields";
import { needed } from "./draft";
import type { Texts } from "./form";
import type { StepProps } from "./wizard";
import { w } from "./words";

export function Agree({ plan, draft, set, wrongs }: StepProps) {
  const consents = needed(plan, draft);
  const all = consents.map((one) => one.consent);
  const tick = (name: string, checked: boolean) =>
    set({ consents: checked ? [...draft.consents, name] : draft.consents.filter((one) => one !== name) });
  return (
    <>
      {plan.texts.length > 0 && (
        <section class="card stack tight">
          <h2>{w().before}</h2>
          <ul class="dots">
            {(plan.texts as Texts).map((text) => (
              <li key={text.id}>{said(text)}</li>
            ))}
          </ul>
        </section>
      )}
      <fieldset class="stack tight">
        <legend>{w().agree}</legend>
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
                {(one.texts as Texts).map((text) => (
                  <p key={text.id} class="small">
                    {said(text)}
                  </p>
                ))}
              </details>
            )}
          </div>
        ))}
      </fieldset>
      {consents.length > 1 && <Button onClick={() => set({ consents: all })}>{w().agreeAll}</Button>}
    </>
  );
}
