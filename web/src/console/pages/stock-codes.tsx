// Codes for labels that were just made. The API answers each once and keeps only a print, so they stay until they are put away.
import { signal } from "@preact/signals";
import { words } from "~/base/words";
import { Banner, Button } from "~/parts/basics";
import { keep } from "~/parts/keep";

const t = words(
  {
    title: (count: number) => `新しいコードが${count}件できました`,
    once: "コードが見られるのは今だけです。ファイルに保存して、機器のラベルに印刷してください。",
    save: "CSVで保存する",
    away: "控えたので消す",
  },
  {
    title: (count: number) => (count === 1 ? "A new code was made" : `${count} new codes were made`),
    once: "They are shown this once. Save them to a file and print them on the labels of the devices.",
    save: "Save as CSV",
    away: "I have them: put away",
  },
);

export type Code = { serial: string; proof: string };
const BOM = "\ufeff"; // by which a spreadsheet knows the file's writing

/** In memory only: gone with the page, like the letter that it is. */
export const codes = signal<Code[]>([]);

export function hold(more: Code[]): void {
  const newest = new Map([...codes.value, ...more].map((one) => [one.serial, one]));
  codes.value = [...newest.values()];
}

/** The API's file of codes, line by line; its header is left out. */
export const codesOf = (csv: string): Code[] =>
  csv
    .split(/\r?\n/)
    .slice(1)
    .filter(Boolean)
    .map((line) => {
      const [serial = "", proof = ""] = line.split(",");
      return { serial, proof };
    });

const fileOf = (all: Code[]) =>
  new Blob([BOM, ["serial_number,proof", ...all.map((one) => `${one.serial},${one.proof}`), ""].join("\r\n")], {
    type: "text/csv;charset=utf-8",
  });

export function Codes() {
  if (!codes.value.length) return null;
  return (
    <Banner tone="info" role="status" title={t().title(codes.value.length)}>
      <div class="stack tight">
        <p>{t().once}</p>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls where there are many */}
        <pre class="payload" tabIndex={0}>
          {codes.value.map((one) => `${one.serial}  ${one.proof}`).join("\n")}
        </pre>
        <div class="row">
          <Button kind="main" small onClick={() => keep(fileOf(codes.value), "codes.csv")}>
            {t().save}
          </Button>
          <Button
            small
            onClick={() => {
              codes.value = [];
            }}
          >
            {t().away}
          </Button>
        </div>
      </div>
    </Banner>
  );
}
