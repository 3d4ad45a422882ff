import { useState } from "preact/hooks";
import { api, data, Problem } from "~/api/client";
import { useChange } from "~/api/queries";
import { common } from "~/base/common";
import { country, day } from "~/base/format";
import { useHomeId } from "~/base/homes";
import { said } from "~/base/words";
import { Answer } from "~/parts/answer";
import { Banner, Button, Card, Empty, Facts } from "~/parts/basics";
import { SelectField, TextField } from "~/parts/fields";
import { Form, Trouble, useForm } from "~/parts/form";
import { Screen } from "~/parts/screen";
import { tell } from "~/parts/toast";
import { type Contract, useContract } from "./asked";
import { bodyOf, changeable, type Detail, differing, fixed, merged, parted, type Told, told } from "./details-form";
import { w } from "./words";

/** What the holder told about themselves and the home; what can be changed by themselves can be changed here. */
export function Details() {
  const home = useHomeId();
  const contract = useContract(home);
  return (
    <Screen title={w().details} back={`/homes/${home}/contract`}>
      <Answer of={contract}>
        {(data) => (
          <div class="stack wide">
            <Fixed details={detailsOf(data)} />
            <Changing home={home} contract={data} again={() => contract.refetch()} />
          </div>
        )}
      </Answer>
    </Screen>
  );
}

const detailsOf = (contract: Contract): Detail[] => (contract.details ?? []) as Detail[];

function Fixed({ details }: { details: Detail[] }) {
  const known = fixed(details);
  if (!known.length) return null;
  return (
    <Card>
      <Facts
        of={known.map((one) => [
          said(one.label),
          said(one.said) || (isCountry(one) ? country(String(one.value)) : shown(one.value)),
        ])}
      />
      <p class="soft small">{w().siteMore}</p>
    </Card>
  );
}

const LANGUAGES: Record<string, string> = { ja: "日本語", en: "English" }; // each in its own
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const shown = (value: unknown): string =>
  LANGUAGES[String(value)] ?? (DAY.test(String(value)) ? day(String(value)) : String(value));

const isCountry = (one: Detail): boolean => /\.country$/.test(one.name) && /^[A-Z]{2}$/.test(String(one.value));

type Changes = {
  home: string;
  contract: Contract;
  again: () => Promise<{ data?: Contract | undefined }>;
};

function Changing({ home, contract, again }: Changes) {
  const { form, change, save, conflict, nothing } = useDetails(home, contract, again);
  const fields = changeable(detailsOf(contract));
  const [first, rest] = parted(fields);
  if (!fields.length) return <Empty>{w().nothingToChange}</Empty>;
  const names = conflict?.map((place) => said(fields.find((one) => one.change === place)?.label));
  return (
    <Form onSubmit={save} label={w().details}>
      <h2>{w().changeable}</h2>
      {first.map((one) => (
        <One key={one.change} of={one} bound={form.bind(one.change)} />
      ))}
      {rest.length > 0 && (
        <details open={rest.some((one) => form.wrongs[one.change] || form.values[one.change])}>
          <summary>{w().whoPays}</summary>
          <div class="stack">
            {rest.map((one) => (
              <One key={one.change} of={one} bound={form.bind(one.change)} />
            ))}
          </div>
        </details>
      )}
      {names && (
        <Banner tone="care" role="alert" title={w().conflict}>
          {names.length ? w().conflictMore(names.join("・")) : w().conflictNone}
        </Banner>
      )}
      {nothing && <p role="status">{w().nothingChanged}</p>}
      {change.error && !conflict && !change.error.field ? <Trouble of={change.error} /> : null}
      <Button kind="main" type="submit" busy={change.isPending}>
        {common().save}
      </Button>
    </Form>
  );
}

type Bound = { value: string; onValue: (value: string) => void; wrong: string | undefined };

const AUTOCOMPLETE: Record<string, string> = {
  "contact.name": "name",
  "contact.email": "email",
  "contact.phone": "tel",
  "contact.postal_code": "postal-code",
  "contact.address": "street-address",
};

function One({ of, bound }: { of: Detail & { change: string }; bound: Bound }) {
  const { wrong, ...rest } = bound;
  const field = { label: said(of.label), ...rest, ...(wrong && { wrong }) };
  const schema = (of.schema ?? {}) as { enum?: string[]; maxLength?: number; format?: string };
  if (schema.enum)
    return (
      <SelectField
        {...field}
        options={[
          { value: "", label: w().notChosen, disabled: true },
          ...schema.enum.map((value) => ({ value, label: shown(value) })),
        ]}
      />
    );
  return (
    <TextField
      {...field}
      type={schema.format === "email" ? "email" : "text"}
      autoComplete={AUTOCOMPLETE[of.name] ?? "off"}
      {...(schema.maxLength && { maxLength: schema.maxLength })}
    />
  );
}

/** The form over what was read. Somebody else's change in between is shown, and nothing that was typed is lost. */
function useDetails(home: string, contract: Contract, again: Changes["again"]) {
  const [base, setBase] = useState({ told: told(detailsOf(contract)), version: contract.version });
  const [conflict, setConflict] = useState<string[]>();
  const [nothing, setNothing] = useState(false);
  const form = useForm<Told>(base.told);
  const settle = (fresh: Contract, values: Told) => {
    form.setValues(values);
    setBase({ told: told(detailsOf(fresh)), version: fresh.version });
  };
  const change = useChange({
    send: ({ body, read }: { body: Record<string, unknown>; read: number }) =>
      data(
        api.PATCH("/v1/contracts/{contract}", {
          params: { path: { contract: home }, header: { "If-Match": `"${read}"` } },
          body,
        }),
      ),
    touches: [["contract", home], ["homes"]],
    done: (answer) => {
      settle(answer, told(detailsOf(answer)));
      setConflict(undefined);
      tell(common().saved);
    },
  });
  const save = async () => {
    const body = bodyOf(form.values, base.told);
    setNothing(!Object.keys(body).length);
    if (!Object.keys(body).length) return;
    try {
      await change.mutateAsync({ body, read: base.version });
    } catch (wrong) {
      if (wrong instanceof Problem && wrong.status === 412) await takeOver();
      else form.blame(wrong);
    }
  };
  const takeOver = async () => {
    const fresh = (await again()).data;
    if (!fresh) return;
    const theirs = told(detailsOf(fresh));
    setConflict(differing(theirs, base.told));
    settle(fresh, merged(form.values, base.told, theirs));
  };
  return { form, change, save, conflict, nothing };
}
