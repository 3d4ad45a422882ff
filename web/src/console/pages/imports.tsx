// Taking files in: use of a service, or contracts of another system. Try the file first, see line by line, then carry it out.
import { useState } from "preact/hooks";
import { api, data, key, type Schemas } from "~/api/client";
import { useChange } from "~/api/queries";
import { words } from "~/base/words";
import { Card } from "~/parts/basics";
import { SelectField } from "~/parts/fields";
import { Form, Trouble } from "~/parts/form";
import { Tabs } from "~/parts/menu";
import { CsvField, csvWords } from "../parts/csv-field";
import { useFilter } from "../parts/filters";
import { Page } from "../parts/page";
import { TrialButtons, underWay } from "../parts/trial-buttons";
import { useServiceChoices } from "../services";
import { w } from "../words";
import { Report } from "./import-report";

const t = words(
  {
    lead: "CSVファイルを、まず試して1行ずつ確かめ、それから取り込みます。同じ行は何度送っても1回です。",
    usage: "利用量",
    contracts: "ほかの仕組みからの契約",
    kind: "何を取り込みますか",
    chooseService: "サービスを選んでください。",
  },
  {
    lead: "Try a CSV file first, look at it line by line, then take it in. A line that is sent again counts once.",
    usage: "Use of a service",
    contracts: "Contracts of another system",
    kind: "What to take in",
    chooseService: "Please choose a service.",
  },
);

const BYTES_MAX = 900_000; // what the API takes, with room for the marks around it

type Import = Schemas["Import"];
type Body = { csv: string; trial?: boolean };

export function Imports() {
  const [kind, setKind] = useFilter("kind");
  const views = [
    { value: "usage", label: t().usage },
    { value: "contracts", label: t().contracts },
  ];
  const chosen = kind || "usage";
  return (
    <Page title={w().imports} lead={t().lead}>
      <Tabs of={views} value={chosen} onValue={setKind} label={t().kind} />
      <TakeIn key={chosen} ofService={chosen === "usage"} />
    </Page>
  );
}

/** Where the file goes: to a service's use, or to the contracts. */
function useSend(service: string, ofService: boolean) {
  return useChange<Body, Import>({
    send: (body, once) =>
      ofService
        ? data(api.POST("/v1/services/{service}/usage-imports", { params: { path: { service }, header: key(once) }, body }))
        : data(api.POST("/v1/operator/contract-imports", { params: { header: key(once) }, body })),
    touches: [["operator"]],
  });
}

function TakeIn({ ofService }: { ofService: boolean }) {
  const [service, setService] = useFilter("service");
  const services = useServiceChoices();
  const [csv, setCsv] = useState("");
  const [wrongs, setWrongs] = useState<{ service?: string; csv?: string }>({});
  const sending = useSend(service, ofService);
  const send = (trial: boolean) => {
    const missing = {
      ...(ofService && !service && { service: t().chooseService }),
      ...(!csv.trim() && { csv: csvWords().empty }),
    };
    setWrongs(missing);
    if (!Object.keys(missing).length) sending.mutate(trial ? { csv, trial } : { csv });
  };
  const type = (text: string) => {
    setCsv(text);
    setWrongs({});
    sending.reset();
  };
  const tried = sending.data && !sending.data.id && sending.variables?.csv === csv;
  return (
    <div class="stack">
      <Card>
        <Form label={w().imports} onSubmit={() => send(true)}>
          {ofService && (
            <div class="filters">
              <SelectField
                label={w().service}
                needed
                value={service}
                onValue={setService}
                options={[{ value: "", label: "–" }, ...services]}
                {...(wrongs.service && { wrong: wrongs.service })}
              />
            </div>
          )}
          <CsvField value={csv} onValue={type} bytesMax={BYTES_MAX} {...(wrongs.csv && { wrong: wrongs.csv })} />
          <Trouble of={sending.error} />
          <TrialButtons tried={!!tried} busy={underWay(sending)} onReal={() => send(false)} />
        </Form>
      </Card>
      {sending.data && <Report of={sending.data} service={ofService ? service : ""} />}
    </div>
  );
}
