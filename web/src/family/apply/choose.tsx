// Plan, options and devices: chosen with their prices beside them.

import { listed } from "~/base/format";
import { type Home, isOver, useHomeName, useHomes } from "~/base/homes";
import { said } from "~/base/words";
import { Facts } from "~/parts/basics";
import { RadioField, SelectField, TickField } from "~/parts/fields";
import { mainPrice, type Plan, priceOf, pricesOf } from "./form";
import type { StepProps } from "./wizard";
import { w } from "./words";

type OptionChoice = Plan["options"][number];

export function Choose({ form, plan, plans, draft, set, wrongs }: StepProps & { plans: Plan[] }) {
  return (
    <>
      {plans.length > 1 && (
        <RadioField
          label={w().plan}
          value={plan.plan}
          onValue={(value) => set({ plan: value, options: {}, devices: {}, parent: "" })}
          options={plans.map((one) => ({
            value: one.plan,
            label: said(one.label),
            more: said(one.summary),
            price: priceOf(mainPrice(one)),
          }))}
        />
      )}
      {plans.length === 1 && (
        <>
          {plan.summary && <p>{said(plan.summary)}</p>}
          {plan.prices.length > 0 && <Facts of={pricesOf(plan)} />}
        </>
      )}
      {plan.comes_with.length > 0 && (
        <p class="soft small">
          {w().comes}: {listed(plan.comes_with.map((one) => said(one.label)))}
        </p>
      )}
      {plan.hangs_on.length > 0 && <Parent {...{ form, plan, draft, set }} />}
      <Options {...{ plan, draft, set }} />
      {plan.devices.length > 0 && (
        <Quantities
          title={w().devices}
          of={plan.devices.map((one) => ({ key: one.sku, label: said(one.label), price: priceOf(one.price), most: one.most }))}
          chosen={draft.devices}
          onChosen={(devices) => set({ devices })}
          wrong={wrongs.devices}
        />
      )}
    </>
  );
}

type Part = Pick<StepProps, "plan" | "draft" | "set">;

/** Options that shut each other out are one question; others are ticked, with a number where more than one can be had. */
function Options({ plan, draft, set }: Part) {
  const devices = Object.keys(draft.devices).length > 0;
  const offered = plan.options.filter((one) => !one.closed && (one.needs !== "devices" || devices));
  const alone = offered.length > 1 && plan.options_most === 1 ? offered : [];
  const free = offered.filter((one) => !alone.includes(one));
  const shutOut = ({ not_with: not = [] }: OptionChoice) =>
    offered
      .filter((other) => not.includes(other.option) && other.option in draft.options)
      .map((other) => w().notWith(said(other.label)))
      .join(" ");
  const more = (one: OptionChoice) =>
    [said(one.summary), one.once ? `${said(one.once.label)} ${priceOf(one.once)}` : ""].filter(Boolean).join(" ");
  return (
    <>
      {alone.length > 0 && (
        <RadioField
          label={w().options}
          value={Object.keys(draft.options)[0] ?? ""}
          onValue={(option) => set({ options: option ? { [option]: 1 } : {} })}
          options={[
            ...(alone.some((one) => one.required) ? [] : [{ value: "", label: w().optionsNone }]),
            ...alone.map((one) => ({ value: one.option, label: said(one.label), more: more(one), price: priceOf(one.price) })),
          ]}
        />
      )}
      {free.length > 0 && (
        <Quantities
          title={w().options}
          of={free.map((one) => ({
            key: one.option,
            label: said(one.label),
            price: priceOf(one.price),
            more: [more(one), shutOut(one)].filter(Boolean).join(" "),
            most: one.most,
            fixed: one.required,
            not: one.not_with,
          }))}
          chosen={draft.options}
          onChosen={(options) => set({ options })}
        />
      )}
    </>
  );
}

type Thing = { key: string; label: string; price: string; more?: string; most: number | null; fixed?: boolean; not?: string[] };
type QuantitiesProps = {
  title: string;
  of: Thing[];
  chosen: Record<string, number>;
  onChosen: (chosen: Record<string, number>) => void;
  wrong?: string | undefined;
};
const SHOWN_MOST = 10; // where a request may say any number, so many are offered

function Quantities({ title, of, chosen, onChosen, wrong }: QuantitiesProps) {
  const without = (key: string) => Object.fromEntries(Object.entries(chosen).filter(([name]) => name !== key));
  const counts = (most: number | null) =>
    Array.from({ length: Math.min(most ?? SHOWN_MOST, 50) }, (_, count) => `${count + 1}`);
  return (
    <fieldset class="stack tight">
      <legend>{title}</legend>
      {of.map((one) => (
        <div key={one.key} class="stack tight">
          <TickField
            label={one.label}
            more={one.more}
            price={one.price}
            checked={one.key in chosen}
            disabled={one.fixed || one.not?.some((other) => other in chosen)}
            onChecked={(checked) => onChosen(checked ? { ...chosen, [one.key]: 1 } : without(one.key))}
          />
          {one.key in chosen && one.most !== 1 && (
            <SelectField
              label={`${one.label}: ${w().quantity}`}
              value={`${chosen[one.key]}`}
              onValue={(count) => onChosen({ ...chosen, [one.key]: Number(count) })}
              options={counts(one.most).map((count) => ({ value: count, label: count }))}
            />
          )}
        </div>
      ))}
      {wrong && (
        <span class="wrong" role="alert">
          {wrong}
        </span>
      )}
    </fieldset>
  );
}

/** The contract that this one hangs on, where the terms ask for one. */
function Parent({ form, plan, draft, set }: Part & Pick<StepProps, "form">) {
  const homes = useHomes();
  const name = useHomeName();
  const named = (home: Home) => w().hangsOn(name(home), said(form.plans.find((one) => one.plan === home.plan)?.label));
  const fitting = homes.data?.filter((home) => !isOver(home) && plan.hangs_on.includes(home.plan ?? "")) ?? [];
  if (!fitting.length) return null; // nothing that it could go with
  return (
    <SelectField
      label={w().hangs}
      hint={w().hangsHint}
      value={draft.parent}
      onValue={(parent) => set({ parent })}
      options={[{ value: "", label: w().alone }, ...fitting.map((home) => ({ value: home.id, label: named(home) }))]}
    />
  );
}
