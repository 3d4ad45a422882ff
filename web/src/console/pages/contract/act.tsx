// What can be done with a contract: choose a command, fill it in, try it (a quote), carry it out.

import { useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { api, data, key, newKey, type Schemas } from "~/api/client";
import { useChange, useQuery } from "~/api/queries";
import { words } from "~/base/words";
import { Button, Card, Empty } from "~/parts/basics";
import { TextField } from "~/parts/fields";
import { Form, Trouble } from "~/parts/form";
import { tell } from "~/parts/toast";
import { type NamedPrice, useKnown } from "../../forms/openapi";
import { SchemaFields } from "../../forms/schema-form";
import { filledIn, useCommand } from "../../forms/use-command";
import { useFilter } from "../../parts/filters";
import { w } from "../../words";
import { type Command, commandName } from "../../words/commands";
import type { Whole } from ".";
import { QuoteView } from "./quote";

const t = words(
  {
    choose: "手続きを選ぶ",
    narrow: "手続きをさがす",
    none: "左から手続きを選んでください。",
    nothingAsked: "入力することはありません。",
    quote: "試算する",
    quoteMore: "何が請求され、いつ終わるかを確かめます。何も変わりません。",
    done: (name: string) => `「${name}」を実行しました`,
  },
  {
    choose: "What to do",
    narrow: "Find what to do",
    none: "Choose what to do on the left.",
    nothingAsked: "Nothing has to be filled in.",
    quote: "Try it",
    quoteMore: "See what would be billed and when it would end. Nothing changes.",
    done: (name: string) => `Done: ${name}`,
  },
);

type ServiceView = { commands?: string[]; prices?: NamedPrice[]; listed_prices?: NamedPrice[] };

export function useService(service: string) {
  const asked = useQuery({
    queryKey: ["operator", "service", service],
    queryFn: () => data(api.GET("/v1/services/{service}", { params: { path: { service } } })),
    staleTime: 60_000,
  });
  return asked.data as unknown as ServiceView | undefined;
}

export function Act({ of }: { of: Whole }) {
  const [chosen, choose] = useFilter("command");
  const [narrow, setNarrow] = useState("");
  const service = useService(of.service);
  const all = service?.commands ?? [];
  const shown = all
    .map((name) => ({ name, label: commandName(name) }))
    .filter(({ name, label }) => `${label} ${name}`.toLowerCase().includes(narrow.toLowerCase()))
    .toSorted((one, other) => one.label.localeCompare(other.label));
  return (
    <div class="chooser">
      <Card title={t().choose}>
        <TextField label={t().narrow} type="search" value={narrow} onValue={setNarrow} />
        <ul class="choices">
          {shown.map(({ name, label }) => (
            <li key={name}>
              <button type="button" aria-pressed={chosen === name} onClick={() => choose(name)}>
                {label}
              </button>
            </li>
          ))}
        </ul>
      </Card>
      {all.includes(chosen) ? (
        <CommandCard key={chosen} of={of} command={chosen as Command} prices={service?.prices ?? []} />
      ) : (
        <Empty>{t().none}</Empty>
      )}
    </div>
  );
}

function CommandCard({ of, command, prices }: { of: Whole; command: Command; prices: NamedPrice[] }) {
  const known = useKnown(of.service, prices);
  const form = useCommand(`/v1/contracts/{contract}/commands/${command}`, known, filledIn(useLocation().query));
  const [wrong, setWrong] = useState<unknown>();
  const about = { contract: of.id };
  const quote = useChange<Record<string, unknown>, Schemas["Quote"]>({
    send: (body) => data(api.POST("/v1/contracts/{contract}/quotes", { params: sent(about, newKey()), body: body as never })),
  });
  const carry = useChange<Record<string, unknown>, unknown>({
    send: (body, once) => {
      const door = `/v1/contracts/{contract}/commands/${command}` as "/v1/contracts/{contract}/commands/accept";
      return data(api.POST(door, { params: sent(about, once), body: body as never }));
    },
    touches: [["contract", of.id], ["bills", of.id], ["operator"]], // every list of the desk may hold it
    done: () => tell(t().done(commandName(command))),
  });
  const attempt = async (doing: Promise<unknown>) => {
    setWrong(undefined);
    await doing.catch((problem) => setWrong(form.blame(problem)));
  };
  return (
    <div class="stack">
      <Card title={commandName(command)}>
        <Form label={commandName(command)} onSubmit={() => attempt(carry.mutateAsync(form.body()))}>
          <Trouble of={form.error} />
          {form.fields?.length === 0 && <p class="soft">{t().nothingAsked}</p>}
          {form.fields && <SchemaFields of={form.fields} filling={form.filling} />}
          <Trouble of={wrong} />
          <div class="row">
            <Button
              busy={quote.isPending}
              disabled={!form.fields}
              onClick={() => attempt(quote.mutateAsync({ ...form.body(), command }))}
            >
              {t().quote}
            </Button>
            <Button kind="main" type="submit" busy={carry.isPending} disabled={!form.fields}>
              {w().carryOut}
            </Button>
            <span class="soft small">{t().quoteMore}</span>
          </div>
        </Form>
      </Card>
      {quote.data && <QuoteView of={quote.data} />}
    </div>
  );
}

const sent = (path: { contract: string }, once: string) => ({ path, header: key(once) });
