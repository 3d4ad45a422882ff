// A telephone for text messages: it counts only when the code that came there was entered.
import { useState } from "preact/hooks";
import { api, data, key } from "~/api/client";
import { useChange } from "~/api/queries";
import { Button, Card, Chip } from "~/parts/basics";
import { TextField } from "~/parts/fields";
import { Form, Trouble, useForm } from "~/parts/form";
import { tell } from "~/parts/toast";
import type { Person } from "./read";
import { w } from "./telling-words";
import { Unchosen } from "./unchosen";

export function Telephone({ home, one }: { home: string; one: Person }) {
  const form = useForm({ phone: "", code: "" });
  const [wrong, setWrong] = useState<unknown>();
  const where = { contract: home, person: one.person };
  const touches = [["people", home]];
  const ask = useChange({
    send: (body: { phone: string }, once) =>
      data(api.POST("/v1/contracts/{contract}/people/{person}/phone", { params: { path: where, header: key(once) }, body })),
  });
  const confirm = useChange({
    send: (body: { code: string }, once) =>
      data(
        api.POST("/v1/contracts/{contract}/people/{person}/phone/confirm", {
          params: { path: where, header: key(once) },
          body,
        }),
      ),
    touches,
    done: () => {
      ask.reset();
      form.setValues({ phone: "", code: "" });
      tell(w().phoneDone);
    },
  });
  const stop = useChange({
    send: (_: null) => data(api.DELETE("/v1/contracts/{contract}/people/{person}/phone", { params: { path: where } })),
    touches,
    done: () => tell(w().phoneStopped),
  });
  const trying = (doing: Promise<unknown>) =>
    doing.catch((trouble) => {
      if (!form.blame(trouble)) setWrong(trouble);
    });
  const again = () => {
    setWrong(undefined);
    form.setWrongs({});
    form.setValues({ ...form.values, code: "" });
    ask.reset();
  };
  const submit = () => {
    setWrong(undefined);
    const code = form.values.code.normalize("NFKC").trim();
    if (!ask.data) {
      if (!form.values.phone.trim()) return form.setWrongs({ phone: w().needPhone });
      return trying(ask.mutateAsync({ phone: form.values.phone.trim() }));
    }
    if (!/^\d{6}$/.test(code)) return form.setWrongs({ code: w().needCode });
    return trying(confirm.mutateAsync({ code }));
  };
  return (
    <Card title={w().sms} aside={one.has_phone ? <Chip tone="good">{w().ready}</Chip> : undefined}>
      {one.has_phone ? (
        <>
          <Unchosen one={one} channel="sms" />
          <Button busy={stop.isPending} onClick={() => stop.mutate(null)}>
            {w().phoneStop}
          </Button>
        </>
      ) : (
        <Form onSubmit={submit} label={w().sms}>
          {ask.data ? (
            <>
              <p role="status">{w().phoneSent(ask.data.ends_with)}</p>
              <TextField
                {...form.bind("code")}
                label={w().code}
                inputMode="numeric"
                autocomplete="one-time-code"
                maxLength={6}
              />
            </>
          ) : (
            <TextField
              {...form.bind("phone")}
              label={w().phone}
              hint={w().phoneHint}
              type="tel"
              inputMode="tel"
              autocomplete={one.you ? "tel" : "off"}
              maxLength={40}
            />
          )}
          <Trouble of={wrong} />
          <Button type="submit" busy={ask.isPending || confirm.isPending}>
            {ask.data ? w().codeConfirm : w().phoneSend}
          </Button>
          {ask.data && (
            <Button kind="quiet" onClick={again}>
              {w().phoneAgain}
            </Button>
          )}
        </Form>
      )}
      <Trouble of={stop.error} />
    </Card>
  );
}
