// Writes down whom to call, or changes it, or takes it away.
import { useState } from "preact/hooks";
import { api, data, key } from "~/api/client";
import { useChange } from "~/api/queries";
import { common } from "~/base/common";
import { Button } from "~/parts/basics";
import { TextField, TickField } from "~/parts/fields";
import { Form, Trouble, useForm } from "~/parts/form";
import { tell } from "~/parts/toast";
import { w } from "./number-words";
import type { Numbered } from "./numbers";

export function NumberForm({ home, one, onDone }: { home: string; one: Numbered | undefined; onDone: () => void }) {
  const form = useForm({ who: one?.who ?? "", phone: one?.phone ?? "" });
  const [keepsKey, setKeepsKey] = useState(one?.keeps_key ?? false);
  const [wrong, setWrong] = useState<unknown>();
  const [id] = useState(() => one?.number ?? `n-${crypto.randomUUID().slice(0, 8)}`); // the same when it is sent again
  const path = { contract: home };
  const save = useChange({
    send: (body: Numbered, once) =>
      data(api.POST("/v1/contracts/{contract}/numbers", { params: { path, header: key(once) }, body })),
    touches: [["people", home]],
    done: ({ who }) => {
      tell(w().saved(who));
      onDone();
    },
  });
  const remove = useChange({
    send: (number: string) =>
      data(api.DELETE("/v1/contracts/{contract}/numbers/{number}", { params: { path: { ...path, number } } })),
    touches: [["people", home]],
    done: () => {
      tell(w().removed);
      onDone();
    },
  });
  const submit = async () => {
    const [who, phone] = [form.values.who.trim(), form.values.phone.trim()];
    const wrongs = { ...(!who && { who: w().needWho }), ...(!phone && { phone: w().needPhone }) };
    form.setWrongs(wrongs);
    if (Object.keys(wrongs).length) return;
    setWrong(undefined);
    await save
      .mutateAsync({ number: id, who, phone, keeps_key: keepsKey })
      .catch((trouble) => !form.blame(trouble) && setWrong(trouble));
  };
  return (
    <Form onSubmit={submit}>
      <TextField {...form.bind("who")} label={w().who} hint={w().whoHint} maxLength={40} />
      <TextField {...form.bind("phone")} label={w().phone} hint={w().phoneHint} type="tel" inputMode="tel" maxLength={40} />
      <TickField label={w().key} checked={keepsKey} onChecked={setKeepsKey} />
      <p class="soft small">{w().consent}</p>
      <Trouble of={wrong ?? remove.error} />
      <div class="row even">
        <Button onClick={onDone}>{common().cancel}</Button>
        <Button type="submit" kind="main" busy={save.isPending}>
          {common().save}
        </Button>
      </div>
      {one && (
        <Button kind="danger" busy={remove.isPending} onClick={() => remove.mutate(one.number)}>
          {w().remove}
        </Button>
      )}
    </Form>
  );
}
