import { useLocation } from "preact-iso";
import { api, data, key } from "~/api/client";
import { useChange } from "~/api/queries";
import { useDevices } from "~/base/devices";
import { language, said } from "~/base/words";
import { Banner, Button } from "~/parts/basics";
import { RadioField, SelectField, TextField, TickField } from "~/parts/fields";
import { Form, Trouble, useForm } from "~/parts/form";
import { tell } from "~/parts/toast";
import { isNear, type Roles } from "./data";
import { w } from "./words";

type Values = { person: string; email: string; role: string; relation: string; by_marriage: boolean; devices: string[] };

export function Invite({ home, roles }: { home: string; roles: Roles }) {
  const { route } = useLocation();
  const offered = roles.items.filter((role) => role.may_invite);
  const form = useForm<Values>({
    person: "",
    email: "",
    role: offered[0]?.role ?? "",
    relation: "",
    by_marriage: false,
    devices: [],
  });
  const { values } = form;
  const role = offered.find((one) => one.role === values.role);
  const asksRelation = role?.relation_degree_max !== undefined;
  const send = useChange({
    send: (body: ReturnType<typeof bodyOf>, once) =>
      data(
        api.POST("/v1/contracts/{contract}/invitations", {
          params: { path: { contract: home }, header: key(once) },
          body: body as never,
        }),
      ),
    touches: [["people", home]],
    done: () => {
      tell(w().sent);
      route(`/homes/${home}/people`);
    },
  });

  const submit = () => {
    const wrongs: Record<string, string> = {};
    if (!values.person.trim()) wrongs.person = w().needName;
    if (!values.email.trim()) wrongs.email = w().needEmail;
    if (asksRelation && !values.relation) wrongs.relation = w().needRelation;
    if (role?.asks_devices && !values.devices.length) wrongs.devices = w().needDevices;
    form.setWrongs(wrongs);
    if (!Object.keys(wrongs).length)
      send.mutate(bodyOf(values, asksRelation, !!role?.asks_devices), { onError: (wrong) => form.blame(wrong) });
  };

  return (
    <Form onSubmit={submit} label={w().invite}>
      <RadioField
        label={w().role}
        value={values.role}
        onValue={(value) => form.set("role", value)}
        options={offered.map((one) => ({
          value: one.role,
          label: said(one.label),
          more: one.can.map(said).join("・") || w().nothingToSee,
        }))}
        wrong={form.wrongs.role}
      />
      <TextField {...form.bind("person")} label={w().name} hint={w().nameHint} needed maxLength={40} autocomplete="off" />
      <TextField
        {...form.bind("email")}
        label={w().email}
        hint={w().emailHint}
        needed
        type="email"
        inputMode="email"
        autoCapitalize="none"
        autocomplete="off"
      />
      {asksRelation && role && (
        <Relation
          form={form}
          roles={roles}
          near={!values.relation || isNear(roles, role, values.relation, values.by_marriage)}
          most={role.relation_degree_max ?? 0}
        />
      )}
      {role?.asks_devices && <Devices home={home} form={form} />}
      <Trouble of={send.error?.field && send.error.field in values ? null : send.error} />
      <Button type="submit" kind="main" wide busy={send.isPending}>
        {w().send}
      </Button>
    </Form>
  );
}

function bodyOf(values: Values, asksRelation: boolean, asksDevices: boolean) {
  return {
    person: values.person.trim(),
    email: values.email.trim(),
    role: values.role,
    language: language.value,
    ...(asksRelation && { relation: values.relation, by_marriage: values.by_marriage }),
    ...(asksDevices && { devices: values.devices }),
  };
}

type Filled = { form: ReturnType<typeof useForm<Values>> };

function Relation({ form, roles, near, most }: Filled & { roles: Roles; near: boolean; most: number }) {
  const options = roles.relations.map((one) => ({ value: one.relation, label: said(one.label) }));
  return (
    <>
      <SelectField
        {...form.bind("relation")}
        label={w().relation}
        needed
        options={[{ value: "", label: w().choose }, ...options]}
      />
      <TickField
        label={w().byMarriage}
        checked={form.values.by_marriage}
        onChecked={(checked) => form.set("by_marriage", checked)}
      />
      {!near && (
        <Banner tone="care" role="status">
          {w().tooFar(most)}
        </Banner>
      )}
    </>
  );
}

function Devices({ home, form }: Filled & { home: string }) {
  const devices = useDevices(home);
  const { devices: chosen } = form.values;
  return (
    <fieldset class="field">
      <legend>{w().devices}</legend>
      {devices.data?.map(({ device, label }) => (
        <TickField
          key={device}
          label={label ?? device}
          checked={chosen.includes(device)}
          onChecked={(checked) => form.set("devices", checked ? [...chosen, device] : chosen.filter((one) => one !== device))}
        />
      ))}
      {form.wrongs.devices && <span class="wrong">{form.wrongs.devices}</span>}
    </fieldset>
  );
}
