// Contracts that hang together: a line and the service that comes with it.
import { day } from "~/base/format";
import { said } from "~/base/words";
import { Menu } from "~/parts/menu";
import { type Contract, useContract } from "./asked";
import { stateWords, w } from "./words";

/** Which they are, and what that means for their end. */
export function Together({ contract }: { contract: Contract }) {
  return (
    <>
      {contract.parent && (
        <section class="stack tight">
          <h2>{w().parent}</h2>
          <p class="soft small">{w().parentMore}</p>
          <Related id={contract.parent} />
        </section>
      )}
      {!!contract.children?.length && (
        <section class="stack tight">
          <h2>{w().child}</h2>
          <p class="soft small">{w().childMore}</p>
          {contract.children.map((id) => (
            <Related key={id} id={id} />
          ))}
        </section>
      )}
    </>
  );
}

/** Both are of one service: the plan tells them apart. */
const nameOf = (other: Contract) => String(other.label ?? "") || said(other.labels?.plan) || said(other.labels?.service);

function Related({ id }: { id: string }) {
  const other = useContract(id).data;
  if (!other) return null;
  const end = other.ends_on ? `${w().endsOn} ${day(other.ends_on)}` : "";
  const more = [stateWords(other.state), end].filter(Boolean).join(" · ");
  return <Menu of={[{ href: `/homes/${id}/contract`, label: nameOf(other), more }]} />;
}

/** The name of a contract that another one speaks of. */
export function Named({ id }: { id: string }) {
  const other = useContract(id).data;
  return <>{other ? nameOf(other) : ""}</>;
}
