// A list as a file for a spreadsheet: all its pages by the filters that are set, put together as one.
import { useState } from "preact/hooks";
import { data } from "~/api/client";
import { words } from "~/base/words";
import { Button } from "~/parts/basics";
import { Trouble } from "~/parts/form";
import { keep } from "~/parts/keep";
import { tell } from "~/parts/toast";

const t = words(
  {
    save: "CSVで保存",
    hint: "いまのしぼり込みのまま、最後の行までを保存します",
    saved: (name: string) => `${name} を保存しました`,
  },
  {
    save: "Save as CSV",
    hint: "Saves every row of the list as it is filtered now",
    saved: (name: string) => `${name} is saved`,
  },
);

const PAGE = 100; // rows of a page; what the API gives at once
const FOLLOWING = "X-Next-Cursor";

type Asked = { data?: unknown; error?: unknown; response: Response };
export type AskCsv = (page: { limit: number; bom: "yes"; cursor?: string }) => Promise<Asked>;

/** All pages, one after the other: only the first has a heading, so together they are one file. */
async function whole(ask: AskCsv): Promise<Blob> {
  const parts: Blob[] = [];
  let cursor = "";
  do {
    const asked = await ask({ limit: PAGE, bom: "yes", ...(cursor && { cursor }) });
    parts.push((await data(Promise.resolve(asked))) as Blob);
    cursor = asked.response.headers.get(FOLLOWING) ?? "";
  } while (cursor);
  return new Blob(parts, { type: "text/csv;charset=utf-8" });
}

export function CsvButton({ name, ask }: { name: string; ask: AskCsv }) {
  const [state, setState] = useState<{ busy: boolean; wrong?: unknown }>({ busy: false });
  const save = async () => {
    setState({ busy: true });
    try {
      keep(await whole(ask), name);
      tell(t().saved(name));
      setState({ busy: false });
    } catch (wrong) {
      setState({ busy: false, wrong });
    }
  };
  return (
    <>
      <Trouble of={state.wrong} />
      <Button small busy={state.busy} title={t().hint} onClick={save}>
        {t().save}
      </Button>
    </>
  );
}
