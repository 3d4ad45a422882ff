// Saying something about a whole service: choose what, fill it in, see what it means for every contract, then confirm.
import { useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { api, data, key, type Schemas } from "~/api/client";
import { useChange } from "~/api/queries";
import { words } from "~/base/words";
import { Banner, Button, Card, Empty } from "~/parts/basics";
import { useSure } from "~/parts/dialog";
import { type Option, SelectField } from "~/parts/fields";
import { Form, Trouble } from "~/parts/form";
import { tell } from "~/parts/toast";
import { priceChoices, useKnown } from "../forms/openapi";
import { SchemaFields } from "../forms/schema-form";
import { filledIn, useCommand } from "../forms/use-command";
import { useFilter } from "../parts/filters";
import { Page } from "../parts/page";
import { useServiceChoices, useServiceNames } from "../services";
import { w } from "../words";
import { type ServiceCommand, serviceCommandKeys, serviceCommandName } from "../words/commands";
import { useService } from "./contract/act";
import { DryRunView } from "./dry-run";
import { Said } from "./said";

const t = words(
  {
    lead: "料金・税・規約の改定や中断を、サービス全体に知らせます。送る前に、契約ごとの影響を確かめられます。",
    what: "何をしますか",
    choose: "サービスと、することを選んでください。",
    trial: "影響を確かめる",
    trialMore: "全契約を計算します。何も変わりません。",
    sure: "知らせますか",
    sureMore: (service: string, what: string) =>
      `${service}のすべての契約について「${what}」を実行します。あとから取り消せません。`,
    unread: "影響をまだ確かめていません。",
    done: (name: string) => `「${name}」を実行しました`,
  },
  {
    lead: "Tell a whole service of new prices, taxes, terms or interruptions. See first what it means for each contract.",
    what: "What to do",
    choose: "Choose a service and what to do.",
    trial: "See what it means",
    trialMore: "All contracts are reckoned. Nothing changes.",
    sure: "Announce it?",
    sureMore: (service: string, what: string) =>
      `“${what}” will hold for every contract of ${service}. It cannot be taken back.`,
    unread: "You have not looked at what it means.",
    done: (name: string) => `Done: ${name}`,
  },
);

export function Announcements() {
  const [service, setService] = useFilter("service");
  const [command, setCommand] = useFilter("command");
  const services = useServiceChoices();
  const commands = serviceCommandKeys.map((value) => ({ value, label: serviceCommandName(value) }));
  const none = { value: "", label: "–" };
  const ready = service && serviceCommandKeys.includes(command as ServiceCommand);
  return (
    <Page title={w().announcements} lead={t().lead}>
      <div class="filters">
        <SelectField label={w().service} value={service} onValue={setService} options={[none, ...services]} />
        <SelectField label={t().what} value={command} onValue={setCommand} options={[none, ...commands]} />
      </div>
      {ready ? (
        <Announce key={`${service} ${command}`} service={service} command={command as ServiceCommand} />
      ) : (
        <Empty>{t().choose}</Empty>
      )}
      {service && <Said service={service} />}
    </Page>
  );
}

type Body = Record<string, unknown>;
const path = (command: ServiceCommand) => `/v1/services/{service}/commands/${command}` as const;

function Announce({ service, command }: { service: string; command: ServiceCommand }) {
  const form = useCommand(path(command), useKnownOf(service, command), filledIn(useLocation().query));
  const [wrong, setWrong] = useState<unknown>();
  const [tried, setTried] = useState<Body>(); // the body whose effects are shown
  const sure = useSure();
  const serviceName = useServiceNames()(service);
  const name = serviceCommandName(command);
  const carry = useChange<Body, unknown>({
    send: (body, once) =>
      data(
        api.POST(path(command) as "/v1/services/{service}/commands/announce_tax", {
          params: { path: { service }, header: key(once) },
          body: body as never,
        }),
      ),
    touches: [["operator"]],
    done: () => {
      tell(t().done(name));
      setTried(undefined);
      form.clear();
    },
  });
  const hasTrial = command.startsWith("announce_");
  const ask = () =>
    sure.ask({
      title: t().sure,
      label: w().carryOut,
      children: (
        <>
          <p>{t().sureMore(serviceName, name)}</p>
          {hasTrial && !tried && <Banner tone="care">{t().unread}</Banner>}
        </>
      ),
      onYes: () => carry.mutateAsync(form.body()).catch((problem) => setWrong(form.blame(problem))),
    });
  return (
    <div class="stack">
      <Card title={name}>
        <Form label={name} onSubmit={ask}>
          <Trouble of={form.error} />
          {form.fields && <SchemaFields of={form.fields} filling={form.filling} />}
          <Trouble of={wrong} />
          <div class="row">
            {hasTrial && (
              <Button
                disabled={!form.fields}
                onClick={() => {
                  setWrong(undefined);
                  setTried(form.body());
                }}
              >
                {t().trial}
              </Button>
            )}
            <Button kind="main" type="submit" disabled={!form.fields}>
              {w().carryOut}
            </Button>
            {hasTrial && <span class="soft small">{t().trialMore}</span>}
          </div>
        </Form>
      </Card>
      {tried && (
        <DryRunView
          key={JSON.stringify(tried)}
          service={service}
          command={command}
          body={tried}
          onWrong={(problem) => setWrong(form.blame(problem))}
        />
      )}
      {sure.dialog}
    </div>
  );
}

/** Prices to choose from by name; a price list may also hold what nobody has named yet. */
function useKnownOf(service: string, command: ServiceCommand): Record<string, Option[]> {
  const { prices = [], listed_prices: listed = [] } = useService(service) ?? {};
  const known = useKnown(service, [...prices, ...listed]);
  return command === "set_price_list" ? { ...known, price: [], suggested: priceChoices(listed) } : known;
}

export type DryRun = Schemas["DryRun"];
