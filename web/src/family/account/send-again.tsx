// The code once more.
import { useChange } from "~/api/queries";
import { ask } from "~/api/session";
import { Button } from "~/parts/basics";
import { Trouble } from "~/parts/form";
import { tell } from "~/parts/toast";
import { d } from "./door-words";

export function SendAgain({ path, email }: { path: string; email: string }) {
  const again = useChange({
    send: (address: string) => ask("POST", path, { email: address }),
    done: () => tell(d().sentAgain),
  });
  return (
    <>
      <Trouble of={again.error} />
      <Button busy={again.isPending} onClick={() => again.mutate(email)}>
        {d().sendAgain}
      </Button>
    </>
  );
}
