// What is seen, as a file.
import { Download } from "lucide-preact";
import { useState } from "preact/hooks";
import { Button } from "~/parts/basics";
import { Trouble } from "~/parts/form";
import { keep } from "~/parts/keep";
import { w } from "./words";

export function Export({ read, name }: { read: () => Promise<Blob>; name: string }) {
  const [state, setState] = useState<{ busy: boolean; wrong?: unknown }>({ busy: false });
  const press = async () => {
    setState({ busy: true });
    try {
      keep(await read(), `${name}.csv`);
      setState({ busy: false });
    } catch (wrong) {
      setState({ busy: false, wrong });
    }
  };
  return (
    <div class="stack tight">
      <Trouble of={state.wrong} />
      <div>
        <Button kind="quiet" small busy={state.busy} onClick={press}>
          <Download size={18} aria-hidden /> {w().csv}
        </Button>
      </div>
    </div>
  );
}
