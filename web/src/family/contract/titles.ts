// What contracts are called, one beside the other.
import { useHomeName, useHomes } from "~/base/homes";

/** A contract's name: its family's, else its service's; "" for one that is not shown to the caller. */
export function useTitles(): (home: string) => string {
  const homes = useHomes();
  const name = useHomeName();
  return (home) => {
    const one = homes.data?.find((each) => each.id === home);
    return one ? name(one) : "";
  };
}
