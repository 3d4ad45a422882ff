// A CSV file to send: chosen from the disk or pasted, always there to read before it goes.
import { words } from "~/base/words";
import { Field, TextArea } from "~/parts/fields";

export const csvWords = words(
  {
    file: "CSVファイル",
    fileHint: (kilobytes: number) => `選ぶと下に中身が入ります。${kilobytes} KBまで。`,
    text: "中身",
    textHint: "1行目は項目の名前です。",
    empty: "ファイルを選ぶか、中身を貼ってください。",
  },
  {
    file: "CSV file",
    fileHint: (kilobytes: number) => `Its content appears below. Up to ${kilobytes} KB.`,
    text: "Content",
    textHint: "The first line names the columns.",
    empty: "Please choose a file or paste its content.",
  },
);

type Props = { value: string; onValue: (text: string) => void; bytesMax: number; hint?: string; wrong?: string };

export function CsvField({ value, onValue, bytesMax, hint, wrong }: Props) {
  return (
    <>
      <Field label={csvWords().file} hint={csvWords().fileHint(Math.floor(bytesMax / 1000))}>
        {(tied) => (
          <input
            {...tied}
            class="input"
            type="file"
            accept=".csv,text/csv"
            onChange={async (event) => {
              const file = event.currentTarget.files?.[0];
              if (file) onValue(await file.text());
            }}
          />
        )}
      </Field>
      <TextArea
        label={csvWords().text}
        hint={hint ?? csvWords().textHint}
        value={value}
        onValue={onValue}
        rows={8}
        class="input source"
        spellcheck={false}
        {...(wrong && { wrong })}
      />
    </>
  );
}
