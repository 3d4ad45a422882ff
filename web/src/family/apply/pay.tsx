import { said } from "~/base/words";
import { RadioField } from "~/parts/fields";
import { documentsOf } from "./draft";
import type { StepProps } from "./wizard";
import { w } from "./words";

export function Pay({ plan, draft, set }: StepProps) {
  const label = (method: string) => said(plan.payment_methods.find((one) => one.payment_method === method)?.label);
  const documents = documentsOf(plan, draft);
  return (
    <>
      <RadioField
        label={w().pay}
        value={draft.payment_method}
        onValue={(payment_method) => set({ payment_method })}
        options={plan.payment_methods.map((one) => ({
          value: one.payment_method,
          label: said(one.label),
          more: one.begins_with ? w().beginsWith(label(one.begins_with)) : "",
        }))}
      />
      {documents.length > 0 && (
        <div class="stack tight">
          <h2>{w().documents}</h2>
          <ul class="dots">
            {plan.documents
              .filter((one) => documents.includes(one.document))
              .map((one) => (
                <li key={one.document}>{said(one.label)}</li>
              ))}
          </ul>
        </div>
      )}
    </>
  );
}
