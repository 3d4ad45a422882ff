// The doors for who has no session: signing up, and a forgotten password.
import { useLocation } from "preact-iso";
import { Forgotten } from "./forgotten";
import { SignUp } from "./sign-up";

export default function Entrance() {
  const { path } = useLocation();
  return path.startsWith("/forgotten") ? <Forgotten /> : <SignUp />;
}
