// Leads to the page where something is done to all rows that are selected.
import { useLocation } from "preact-iso";
import { words } from "~/base/words";
import { Button } from "~/parts/basics";
import { type Picked, pick } from "../picked";
import { w } from "../words";
import type { Selection } from "./selection";

const t = words({ together: "まとめて手続きする" }, { together: "Do something to all" });

export function ToBulk({ selection, contracts }: { selection: Selection; contracts: Picked[] }) {
  const { route } = useLocation();
  if (!selection.keys.length) return null;
  const go = () => {
    pick(contracts);
    route("/console/bulk");
  };
  return (
    <>
      <span class="soft" role="status">
        {w().picked(selection.keys.length)}
      </span>
      <Button kind="main" small onClick={go}>
        {t().together}
      </Button>
      <Button kind="quiet" small onClick={selection.clear}>
        {w().unpick}
      </Button>
    </>
  );
}
