// Somebody more to tell. Being told opens no door: who may look is invited elsewhere.

import { useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { api, data, key } from "~/api/client";
import { useChange } from "~/api/queries";
import { who } from "~/api/session";
import { useHomeId } from "~/base/homes";
import { language, said } from "~/base/words";
import { Button } from "~/parts/basics";
import { RadioField, TextField, TickField } from "~/parts/fields";
import { Form, Trouble, useForm } from "~/parts/form";
import { Screen } from "~/parts/screen";
import { tell } from "~/parts/toast";
import { usePeople } from "./read";
import { w } from "./telling-words";

const FIRST = ["mail", "push"] as const; // what a new person begins with; more on their own page
type Body = { person: string; name: string; role: string; email: string; language: "ja" | "en" };

export function AddPerson() {
  const home = useHomeId();
  const { route } = useLocation();
  const people = usePeople(home);
  const form = useForm({ name: "", email: "", language: language.value as string });
  const [mine, setMine] = useState(false);
  const [wrong, setWrong] = useState<unknown>();
  const [id] = useState(() => `p-${crypto.randomUUID().slice(0, 8)}`); // the same when it is sent again
  const isThere = people.data?.items.some((one) => one.you);
  const own = who.value?.email ?? "";
  const add = useChange({
    send: (body: Body, once) =>
      data(
        api.POST("/v1/contracts/{contract}/people", {
          params: { path: { contract: home }, header: key(once) },
          body: { ...body, channels: [...FIRST] },
        }),
      ),
    touches: [["people", home]],
    done: (added, { name }) => {
      tell(w().added(said(added.called) || name));
      route(`/homes/${home}/alerts/telling`);
    },
  });
  const submit = async () => {
    const { name, language } = form.values;
    const email = mine ? own : form.values.email.trim();
    const wrongs = { ...(!name.trim() && { name: w().needName }), ...(!email && { email: w().needEmail }) };
    form.setWrongs(wrongs);
    if (Object.keys(wrongs).length) return;
    setWrong(undefined);
    const body = { person: id, name: name.trim(), role: "family", email, language: language as "ja" | "en" };
    await add.mutateAsync(body).catch((trouble) => !form.blame(trouble) && setWrong(trouble));
  };
  return (
    <Screen title={w().addTitle} back={`/homes/${home}/alerts/telling`}>
      <Form onSubmit={submit} label={w().addTitle}>
        <TextField {...form.bind("name")} label={w().name} hint={w().nameHint} maxLength={40} needed />
        {own && people.data && !isThere && <TickField label={w().mine} more={own} checked={mine} onChecked={setMine} />}
        {!mine && (
          <TextField
            {...form.bind("email")}
            label={w().email}
            hint={w().emailHint}
            type="email"
            inputMode="email"
            autoCapitalize="none"
            autocomplete="off"
            needed
          />
        )}
        <RadioField
          label={w().language}
          {...form.bind("language")}
          options={[
            { value: "ja", label: w().ja },
            { value: "en", label: w().en },
          ]}
        />
        <Trouble of={wrong} />
        <Button type="submit" kind="main" busy={add.isPending}>
          {w().add}
        </Button>
      </Form>
    </Screen>
  );
}
