// One command on many contracts: fill it in once, see what it would do to each, carry it out, take it back where that is possible.
import { useState } from "preact/hooks";
import { api, data, key, type Schemas } from "~/api/client";
import { useChange } from "~/api/queries";
import { words } from "~/base/words";
import { Button, ButtonLink, Card, Empty } from "~/parts/basics";
import { useSure } from "~/parts/dialog";
import { SelectField } from "~/parts/fields";
import { Form, Trouble } from "~/parts/form";
import { tell } from "~/parts/toast";
import { useKnown } from "../forms/openapi";
import { SchemaFields } from "../forms/schema-form";
import { useCommand } from "../forms/use-command";
import { Page } from "../parts/page";
import { picked } from "../picked";
import { useServices } from "../services";
import { w } from "../words";
import { type Command, commandName } from "../words/commands";
import { Outcomes } from "./outcomes";

const t = words(
  {
    title: "まとめて手続きする",
    lead: (count: number) => `選んだ${count}件の契約に、同じ手続きをします。`,
    none: "契約がまだ選ばれていません。一覧で「x」キーか四角を押して選んでください。",
    toList: "契約の一覧へ",
    what: "何をしますか",
    trial: "先に試す",
    trialMore: "契約ごとにどうなるかを見ます。何も変わりません。",
    sure: (count: number) => `${count}件に実行しますか`,
    sureMore: (what: string, refused: number) =>
      refused ? `「${what}」を実行します。${refused}件は規約によりできません。` : `「${what}」を実行します。`,
    notTried: "まだ試していません。できない契約は飛ばします。",
    done: (good: number, refused: number) => `${good}件を実行しました${refused ? `。${refused}件はできませんでした` : ""}`,
  },
  {
    title: "One thing for many contracts",
    lead: (count: number) => `The same for the ${count} contracts that you selected.`,
    none: "No contract is selected yet. Press x or the box in a list.",
    toList: "To the list of contracts",
    what: "What to do",
    trial: "Try first",
    trialMore: "See what it would do to each. Nothing changes.",
    sure: (count: number) => `Do it to ${count}?`,
    sureMore: (what: string, refused: number) =>
      refused ? `“${what}” will be carried out. The terms refuse it for ${refused}.` : `“${what}” will be carried out.`,
    notTried: "It has not been tried. Contracts that refuse are passed over.",
    done: (good: number, refused: number) => `${good} done${refused ? `, ${refused} refused` : ""}`,
  },
);

export type BulkDone = Schemas["BulkDone"];
type Body = { command: Command; contracts: string[]; body: Record<string, unknown>; dry_run?: boolean };

export function Bulk() {
  const [command, setCommand] = useState("");
  const offered = useOffered();
  if (!picked.value.length)
    return (
      <Page title={t().title}>
        <Empty>
          <p>{t().none}</p>
          <ButtonLink kind="main" href="/console/contracts">
            {t().toList}
          </ButtonLink>
        </Empty>
      </Page>
    );
  return (
    <Page title={t().title} lead={t().lead(picked.value.length)}>
      <div class="filters">
        <SelectField label={t().what} value={command} onValue={setCommand} options={[{ value: "", label: "–" }, ...offered]} />
      </div>
      {command && <Desk key={command} command={command as Command} />}
    </Page>
  );
}

/** The commands that every picked contract's service knows. */
function useOffered(): { value: string; label: string }[] {
  const services = useServices();
  const mine = [...new Set(picked.value.map((one) => one.service))];
  const known = mine.map((key) => services.find((one) => one.service === key)?.commands ?? []);
  const [first = [], ...rest] = known;
  return first
    .filter((name) => rest.every((commands) => commands.includes(name)))
    .map((value) => ({ value, label: commandName(value) }))
    .toSorted((one, other) => one.label.localeCompare(other.label));
}

const send = (body: Body, once: string): Promise<BulkDone> =>
  data(api.POST("/v1/operator/bulk", { params: { header: key(once) }, body: body as never }));

function Desk({ command }: { command: Command }) {
  const only = new Set(picked.value.map((one) => one.service)).size === 1 ? (picked.value[0]?.service ?? "") : "";
  const form = useCommand(`/v1/contracts/{contract}/commands/${command}`, useKnown(only));
  const [wrong, setWrong] = useState<unknown>();
  const [tried, setTried] = useState("");
  const sure = useSure();
  const all = (): Body => ({ command, contracts: picked.value.map((one) => one.id), body: form.body() });
  const trial = useChange<Body, BulkDone>({ send });
  const carry = useChange<Body, BulkDone>({
    send,
    touches: [["operator"], ["contract"]],
    done: (answer) => tell(t().done(answer.good, answer.refused)),
  });
  const attempt = (doing: Promise<unknown>) => {
    setWrong(undefined);
    return doing.catch((problem) => setWrong(form.blame(problem)));
  };
  const dry = () => {
    carry.reset();
    setTried(JSON.stringify(all()));
    return attempt(trial.mutateAsync({ ...all(), dry_run: true }));
  };
  const fresh = trial.data && tried === JSON.stringify(all()) ? trial.data : undefined;
  const ask = () =>
    sure.ask({
      title: t().sure(picked.value.length),
      children: fresh ? t().sureMore(commandName(command), fresh.refused) : t().notTried,
      label: w().carryOut,
      onYes: () => attempt(carry.mutateAsync(all())),
    });
  const shown = carry.data ?? fresh;
  return (
    <div class="stack">
      <Card title={commandName(command)}>
        <Form label={commandName(command)} onSubmit={dry}>
          <Trouble of={form.error} />
          {form.fields && <SchemaFields of={form.fields} filling={form.filling} />}
          <Trouble of={wrong} />
          <div class="row">
            <Button type="submit" kind={fresh ? "plain" : "main"} busy={trial.isPending} disabled={!form.fields}>
              {t().trial}
            </Button>
            <Button kind={fresh ? "main" : "plain"} disabled={!form.fields} onClick={ask}>
              {w().carryOut}
            </Button>
            <span class="soft small">{t().trialMore}</span>
          </div>
        </Form>
      </Card>
      {shown && <Outcomes of={shown} onUndo={carry.data && !carry.data.dry_run ? () => carry.reset() : undefined} />}
      {sure.dialog}
    </div>
  );
}
