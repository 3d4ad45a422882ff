import { useState } from "preact/hooks";
import { api, data, Problem } from "~/api/client";
import { useChange } from "~/api/queries";
import { common } from "~/base/common";
import { useHomeId } from "~/base/homes";
import { Answer } from "~/parts/answer";
import { Banner, Button, Card, Facts } from "~/parts/basics";
import { SelectField, TextField } from "~/parts/fields";
import { Form, Trouble, useForm } from "~/parts/form";
import { Screen } from "~/parts/screen";
import { tell } from "~/parts/toast";
import { type Contract, useContract } from "./asked";
import { differing } from "./view";
import { w } from "./words";

type Contact = Record<(typeof FIELDS)[number], string>;
const FIELDS = ["name", "name_kana", "email", "phone", "postal_code", "address", "company", "department", "language"] as const;

const labels = (): Record<string, string> => ({
  name: w().name,
  name_kana: w().kana,
  email: w().email,
  phone: w().phone,
  postal_code: w().postal,
  address: w().address,
  company: w().company,
  department: w().department,
  language: w().language,
});

/** Who holds the contract and how they are reached; what may be changed by themselves can be changed here. */
export function Details() {
  const home = useHomeId();
  const contract = useContract(home);
  return (
    <Screen title={w().details} back={`/homes/${home}/contract`}>
      <Answer of={contract}>
        {({ data, version }) => (
          <div class="stack wide">
            <Holder contract={data} />
            <Changing home={home} contract={data} version={version} again={() => contract.refetch()} />
            <Site contract={data} />
          </div>
        )}
      </Answer>
    </Screen>
  );
}

function Holder({ contract }: { contract: Contract }) {
  const { name, name_kana } = texts(contract.applicant);
  if (!name) return null;
  return (
    <Card title={w().applicant}>
      <Facts
        of={[
          [w().name, name],
          [w().kana, name_kana],
        ]}
      />
    </Card>
  );
}

function Site({ contract }: { contract: Contract }) {
  const { postal_code, prefecture, address } = texts(contract.site);
  return (
    <Card title={w().site}>
      <Facts
        of={[
          [w().postal, postal_code],
          [w().prefecture, prefecture],
          [w().address, address],
        ]}
      />
      <p class="soft small">{w().siteMore}</p>
    </Card>
  );
}

const texts = (of: object | undefined): Record<string, string> => (of ?? {}) as Record<string, string>;

const contactOf = (contract: Contract): Contact =>
  Object.fromEntries(FIELDS.map((name) => [name, texts(contract.contact)[name] ?? ""])) as Contact;

type Changes = {
  home: string;
  contract: Contract;
  version: string;
  again: () => Promise<{ data?: { data: Contract } | undefined }>;
};

function Changing({ home, contract, version, again }: Changes) {
  const { form, change, save, conflict, nothing } = useContact(home, contract, version, again);
  return (
    <Form onSubmit={save} label={w().contact}>
      <h2>{w().contact}</h2>
      <TextField label={w().name} autoComplete="name" {...form.bind("name")} />
      <TextField label={w().kana} {...form.bind("name_kana")} />
      <TextField label={w().email} hint={w().emailHint} type="email" autoComplete="email" {...form.bind("email")} />
      <TextField label={w().phone} type="tel" autoComplete="tel" {...form.bind("phone")} />
      <TextField label={w().postal} autoComplete="postal-code" {...form.bind("postal_code")} />
      <TextField label={w().address} autoComplete="street-address" {...form.bind("address")} />
      <SelectField
        label={w().language}
        {...form.bind("language")}
        options={[
          { value: "", label: w().notChosen, disabled: true },
          { value: "ja", label: "日本語" },
          { value: "en", label: "English" },
        ]}
      />
      {conflict && (
        <Banner tone="care" role="alert" title={w().conflict}>
          {conflict.length ? w().conflictMore(conflict.map((name) => labels()[name]).join("・")) : w().conflictNone}
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

/** The form over what was read. Somebody else's change in between is shown, and nothing that was typed is lost. */
function useContact(home: string, contract: Contract, version: string, again: Changes["again"]) {
  const [base, setBase] = useState({ contact: contactOf(contract), version });
  const [conflict, setConflict] = useState<string[]>();
  const [nothing, setNothing] = useState(false);
  const form = useForm<Contact>(base.contact);
  const change = useChange({
    send: ({ contact, read }: { contact: Partial<Contact>; read: string }) =>
      data(
        api.PATCH("/v1/contracts/{contract}", {
          params: { path: { contract: home }, header: { "If-Match": read } },
          body: { contact: contact as never },
        }),
      ),
    touches: [["contract", home], ["homes"]],
    done: (answer) => {
      setBase({ contact: contactOf(answer), version: `"${answer.version}"` });
      setConflict(undefined);
      tell(common().saved);
    },
  });
  const save = async () => {
    const changed = differing(form.values, base.contact).filter((name) => form.values[name as keyof Contact] !== "");
    setNothing(!changed.length);
    if (!changed.length) return;
    const contact = Object.fromEntries(changed.map((name) => [name, form.values[name as keyof Contact]]));
    try {
      await change.mutateAsync({ contact, read: base.version });
    } catch (wrong) {
      if (wrong instanceof Problem && wrong.status === 412) await takeOver();
      else form.blame(wrong, Object.fromEntries(FIELDS.map((name) => [`contact.${name}`, name])));
    }
  };
  const takeOver = async () => {
    const fresh = (await again()).data?.data;
    if (!fresh) return;
    const theirs = contactOf(fresh);
    const changed = differing(theirs, base.contact);
    setConflict(changed);
    // What was not touched here follows; what was typed stays.
    for (const name of FIELDS) if (form.values[name] === base.contact[name]) form.set(name, theirs[name]);
    setBase({ contact: theirs, version: `"${fresh.version}"` });
  };
  return { form, change, save, conflict, nothing };
}
