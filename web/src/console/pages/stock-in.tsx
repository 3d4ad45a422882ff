// Taking a delivery in: a file with one device a line, tried first; what has no code printed yet gets one.
import { useState } from "preact/hooks";
import { api, data, key, type Schemas } from "~/api/client";
import { useChange } from "~/api/queries";
import { useModels } from "~/base/devices";
import { words } from "~/base/words";
import { ButtonLink, Card } from "~/parts/basics";
import { Form, Trouble } from "~/parts/form";
import { CsvField, csvWords } from "../parts/csv-field";
import { Page } from "../parts/page";
import { TrialButtons, underWay } from "../parts/trial-buttons";
import { Lines } from "./import-report";
import { stockKey } from "./stock";
import { Codes, codesOf, hold } from "./stock-codes";

const t = words(
  {
    title: "新しい機器を入れる",
    lead: "届いた機器を1行に1台ずつ書いたCSVファイルで、まとめて在庫に入れます。コードが空の機器には、新しいコードを作ります。",
    hint: (models: string) =>
      `1行目: serial_number,model(必要なら hardware,firmware,proof も)。1,000行まで。${models && `model に書けるのは ${models}。`}`,
    back: "在庫へ",
  },
  {
    title: "Take new devices in",
    lead: "A CSV file with one device a line puts a delivery into stock. A device without a code gets a new one.",
    hint: (models: string) =>
      `First line: serial_number,model (and hardware,firmware,proof where known). Up to 1,000 lines.${models && ` Models are ${models}.`}`,
    back: "To the stock",
  },
);

const BYTES_MAX = 200_000; // as the API's schema says
type Told = Schemas["StockImport"];
type Body = { csv: string; trial?: boolean };

export function TakeIn() {
  const [csv, setCsv] = useState("");
  const [wrong, setWrong] = useState("");
  const models = (useModels().data ?? []).map((one) => one.model).join(", ");
  const sending = useChange<Body, Told>({
    send: (body, once) => data(api.POST("/v1/operator/stock", { params: { header: key(once) }, body })),
    touches: [stockKey],
    done: (told) => hold(codesOf(told.proofs)),
  });
  const send = (trial: boolean) => {
    setWrong(csv.trim() ? "" : csvWords().empty);
    if (csv.trim()) sending.mutate(trial ? { csv, trial } : { csv });
  };
  const type = (text: string) => {
    setCsv(text);
    setWrong("");
    sending.reset();
  };
  const trial = sending.variables?.trial === true;
  return (
    <Page
      title={t().title}
      lead={t().lead}
      aside={
        <ButtonLink small href="/console/stock">
          {t().back}
        </ButtonLink>
      }
    >
      <Card>
        <Form label={t().title} onSubmit={() => send(true)}>
          <CsvField value={csv} onValue={type} bytesMax={BYTES_MAX} hint={t().hint(models)} {...(wrong && { wrong })} />
          <Trouble of={sending.error} />
          <TrialButtons tried={!!sending.data && trial} busy={underWay(sending)} onReal={() => send(false)} />
        </Form>
      </Card>
      <Codes />
      {sending.data && <Lines of={sending.data} trial={trial} />}
    </Page>
  );
}
