// Everything that is kept about who is signed in, as one file. It comes page by page; what came is not asked for again.
import { Download } from "lucide-preact";
import { useRef, useState } from "preact/hooks";
import { api, data } from "~/api/client";
import { isoDay } from "~/base/format";
import { Banner, Button } from "~/parts/basics";
import { Trouble } from "~/parts/form";
import { keep } from "~/parts/keep";
import { Screen } from "~/parts/screen";
import { o } from "./own-words";

type State = { busy: boolean; count: number; done: boolean; wrong?: unknown };

export function OwnData() {
  const came = useRef<{ items: unknown[]; next: string | undefined }>({ items: [], next: undefined });
  const [state, setState] = useState<State>({ busy: false, count: 0, done: false });
  const read = async () => {
    setState((before) => ({ ...before, busy: true, done: false, wrong: undefined }));
    try {
      do {
        const { next } = came.current;
        const page = await data(api.GET("/v1/me/export", { params: { query: next ? { cursor: next } : {} } }));
        came.current = { items: [...came.current.items, ...page.items], next: page.next };
        setState({ busy: true, count: came.current.items.length, done: false });
      } while (came.current.next);
      const { items } = came.current;
      keep(new Blob([JSON.stringify({ items }, null, 2)], { type: "application/json" }), `mimamori-${isoDay(new Date())}.json`);
      came.current = { items: [], next: undefined };
      setState({ busy: false, count: items.length, done: true });
    } catch (wrong) {
      setState((before) => ({ ...before, busy: false, wrong }));
    }
  };
  return (
    <Screen title={o().export} back="/account">
      <div class="stack wide">
        <div class="stack">
          <p>{o().exportMore}</p>
          <p>{o().exportWhat}</p>
          <p>{o().exportReadings}</p>
          <p class="soft">{o().exportCare}</p>
        </div>
        <Trouble of={state.wrong} />
        <Button kind="main" wide busy={state.busy} onClick={read}>
          <Download size={20} aria-hidden /> {state.wrong && state.count ? o().exportOn : o().exportGo}
        </Button>
        <div role="status">
          {state.done ? (
            <Banner tone="good">{o().exportDone(state.count)}</Banner>
          ) : (
            state.count > 0 && <p class="soft">{o().exportCount(state.count)}</p>
          )}
        </div>
      </div>
    </Screen>
  );
}
