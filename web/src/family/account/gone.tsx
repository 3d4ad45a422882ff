// The account goes, at its owner's word; or what stands in its way, in words.
import { useLocation } from "preact-iso";
import { api, data } from "~/api/client";
import type { InTheWay } from "~/api/problem";
import { useChange, useQuery } from "~/api/queries";
import { forget } from "~/api/session";
import { useHomeName, useHomes } from "~/base/homes";
import { said } from "~/base/words";
import { Answer } from "~/parts/answer";
import { Banner, Button, ButtonLink, Card } from "~/parts/basics";
import { TickField } from "~/parts/fields";
import { Form, Trouble, useForm } from "~/parts/form";
import { PasswordField } from "~/parts/password-field";
import { Screen } from "~/parts/screen";
import { tell } from "~/parts/toast";
import { o } from "./own-words";
import { w } from "./words";

/** What it means, then either what is to be finished first or the button: nobody presses in vain. */
export function Gone() {
  const bound = useBound();
  return (
    <Screen title={o().remove} back="/account">
      <div class="stack wide">
        <Card>
          <div>
            <h2>{o().removeWhat}</h2>
            <p>{o().removeGoes}</p>
          </div>
          <div>
            <h2>{o().removeStays}</h2>
            <p>{o().removeStaysWhat}</p>
          </div>
          <strong>{o().removeNever}</strong>
          <ButtonLink href="/account/data">{o().removeFirst}</ButtonLink>
        </Card>
        <Answer of={bound}>{(by) => (by.length ? <Bound by={by} /> : <Go />)}</Answer>
      </div>
    </Screen>
  );
}

function useBound() {
  return useQuery({
    queryKey: ["bound"],
    queryFn: async () => (await data(api.GET("/v1/me/delete"))).items.map((one) => ({ ...one, detail: said(one) })),
  });
}

function Go() {
  const { route } = useLocation();
  const form = useForm({ password: "", sure: false });
  const go = useChange({
    send: (password: string) => data(api.POST("/v1/me/delete", { body: { password } })),
    done: () => {
      tell(o().removed);
      forget();
      route("/sign-in", true);
    },
  });
  const submit = () => {
    const { password, sure } = form.values;
    form.setWrongs({ ...(!password && { password: w().needPassword }), ...(!sure && { sure: o().needSure }) });
    if (password && sure) go.mutate(password, { onError: (wrong) => form.blame(wrong) });
  };
  const bound = go.error?.contracts ?? []; // what began since the screen was opened
  return (
    <Form onSubmit={submit} label={o().remove}>
      <TickField
        label={o().removeSure}
        checked={form.values.sure}
        wrong={form.wrongs.sure}
        onChecked={(sure) => form.set("sure", sure)}
      />
      <PasswordField {...form.bind("password")} label={o().nowPassword} hint={o().passwordWhy} />
      {bound.length > 0 ? <Bound by={bound} /> : <Trouble of={go.error?.field ? null : go.error} />}
      <Button type="submit" kind="danger main" wide busy={go.isPending}>
        {o().removeGo}
      </Button>
    </Form>
  );
}

/** What is to be finished first, each with the way there. */
function Bound({ by }: { by: readonly InTheWay[] }) {
  const homes = useHomes();
  const name = useHomeName();
  return (
    <Banner tone="care" role="alert" title={o().removeBound}>
      <p>{o().removeBoundMore}</p>
      <ul class="stack">
        {by.map(({ contract, detail }) => {
          const home = homes.data?.find((one) => one.id === contract);
          return (
            <li key={contract} class="stack tight">
              {home && <strong>{name(home)}</strong>}
              <span>{detail}</span>
              <ButtonLink href={`/homes/${contract}/contract`}>{o().removeSee}</ButtonLink>
            </li>
          );
        })}
      </ul>
    </Banner>
  );
}
