// Try a file, then carry it out: what has been tried makes the second the main one.
import { Button } from "~/parts/basics";
import { w } from "../words";

type Props = {
  /** Whether what is typed now has been tried. */
  tried: boolean;
  /** Which of the two is under way. */
  busy: "trial" | "real" | undefined;
  onReal: () => void;
};

/** Trying is what the form's Enter does. */
export function TrialButtons({ tried, busy, onReal }: Props) {
  return (
    <div class="row">
      <Button type="submit" kind={tried ? "plain" : "main"} busy={busy === "trial"}>
        {w().tryIt}
      </Button>
      <Button kind={tried ? "main" : "plain"} busy={busy === "real"} onClick={onReal}>
        {w().carryOut}
      </Button>
    </div>
  );
}

/** What `TrialButtons` is told of a change that knows its trial by the body. */
export const underWay = (sending: { isPending: boolean; variables?: { trial?: boolean } | undefined }): Props["busy"] =>
  sending.isPending ? (sending.variables?.trial ? "trial" : "real") : undefined;
