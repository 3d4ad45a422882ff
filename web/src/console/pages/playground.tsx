// The playground: paste a scenario, see what would come of it. Nothing is stored; the text stays in this page.
import { signal } from "@preact/signals";
import { api, data, type Schemas } from "~/api/client";
import { useChange } from "~/api/queries";
import { said, words } from "~/base/words";
import { Banner, Button } from "~/parts/basics";
import { TextArea } from "~/parts/fields";
import { Form, Trouble } from "~/parts/form";
import { Page } from "../parts/page";
import { sample } from "../sample";
import { w } from "../words";
import { PlayedView } from "./played";

const t = words(
  {
    lead: "シナリオを貼って、請求・返金・通知がどうなるかを見ます。何も保存されません。",
    text: "シナリオ (YAML)",
    hint: "Ctrl+Enter でも動きます。32 KBまで。",
    run: "動かす",
    again: "見本に戻す",
    unreadable: "読めないところがあります",
    line: (line: number) => `${line}行目: `,
  },
  {
    lead: "Paste a scenario and see the bills, refunds and notices. Nothing is stored.",
    text: "Scenario (YAML)",
    hint: "Ctrl+Enter runs it too. Up to 32 KB.",
    run: "Run",
    again: "Back to the sample",
    unreadable: "It cannot be read",
    line: (line: number) => `Line ${line}: `,
  },
);

/** Kept while the page is open, also through other pages. */
const text = signal(sample);

export type Played = Schemas["Played"];

export function Playground() {
  const play = useChange<string, Played>({
    send: (scenario) => data(api.POST("/v1/operator/playground", { body: { scenario } })),
  });
  const run = () => play.mutate(text.value);
  const press = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    run();
  };
  return (
    <Page title={w().playground} lead={t().lead}>
      <div class="bench">
        <Form label={w().playground} onSubmit={run}>
          <TextArea
            label={t().text}
            hint={t().hint}
            value={text.value}
            onValue={(value) => {
              text.value = value;
            }}
            onKeyDown={press}
            spellcheck={false}
            rows={22}
            class="input source"
          />
          <Trouble of={play.error} />
          <div class="row">
            <Button kind="main" type="submit" busy={play.isPending}>
              {t().run}
            </Button>
            <Button
              kind="quiet"
              onClick={() => {
                text.value = sample;
              }}
            >
              {t().again}
            </Button>
          </div>
        </Form>
        <div class="stack" aria-live="polite">
          {play.data && <Outcome of={play.data} />}
        </div>
      </div>
    </Page>
  );
}

function Outcome({ of }: { of: Played }) {
  if (!of.mistakes.length) return <PlayedView of={of} />;
  return (
    <Banner tone="care" title={t().unreadable}>
      <ul class="stack tight">
        {of.mistakes.map((mistake, place) => (
          <li key={place}>
            {mistake.line ? t().line(mistake.line) : ""}
            {said(mistake.problem)} {said(mistake.cure)}
          </li>
        ))}
      </ul>
    </Banner>
  );
}
