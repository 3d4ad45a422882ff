// What a screen shows of something it asked for: on its way, failed, or there.
import type { ComponentChildren } from "preact";
import { common } from "~/base/common";
import { Button, Skeleton } from "./basics";
import { Trouble } from "./form";

type Asked<T> = { data?: T | undefined; error: unknown; isPending: boolean; refetch: () => unknown; isFetching: boolean };

/** Shows the answer; while it is on its way, a shape of it; when it failed, why, and a button to try again. */
export function Answer<T>({ of, lines, children }: { of: Asked<T>; lines?: number; children: (data: T) => ComponentChildren }) {
  if (of.data !== undefined)
    return (
      <>
        {of.error ? <Trouble of={of.error} /> : null}
        {children(of.data)}
      </>
    );
  if (of.error)
    return (
      <div class="stack">
        <Trouble of={of.error} />
        <Button busy={of.isFetching} onClick={() => of.refetch()}>
          {common().again}
        </Button>
      </div>
    );
  return (
    <div role="status">
      <span class="unseen">{common().loading}</span>
      <Skeleton lines={lines ?? 4} />
    </div>
  );
}
