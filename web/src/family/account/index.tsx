// One's own account: what belongs to the person, not to a home.
import { useLocation } from "preact-iso";
import { NotFound } from "~/not-found";
import { Address } from "./address";
import { Gone } from "./gone";
import { Overview } from "./overview";
import { OwnData } from "./own-data";
import { Password } from "./password";

export default function Account() {
  const { path } = useLocation();
  const Inner = ROOMS[path.replace(/^\/account\/?/, "")];
  return Inner ? <Inner /> : <NotFound />;
}

const ROOMS: Record<string, () => preact.JSX.Element> = {
  "": Overview,
  email: Address,
  password: Password,
  data: OwnData,
  delete: Gone,
};
