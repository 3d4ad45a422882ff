// The doors for who has no session: signing up, and a forgotten password.

import { useRef } from "preact/hooks";
import { useLocation } from "preact-iso";
import { Forgotten } from "./forgotten";
import { SignUp } from "./sign-up";

export default function Entrance() {
  const { path } = useLocation();
  const door = useRef(path); // the address has changed already while the next screen loads
  if (path === "/sign-up" || path === "/forgotten") door.current = path;
  return door.current === "/forgotten" ? <Forgotten /> : <SignUp />;
}
