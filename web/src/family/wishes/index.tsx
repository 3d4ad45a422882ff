// Wishes: devices set from afar. What is shown as set is what the device said; a wish stands beside it until it answers.
import "./wishes.css";
import { Route, Router } from "preact-iso";
import { NotFound } from "~/not-found";
import { History } from "./history";
import { Wishes } from "./list";

export default function Area() {
  return (
    <Router>
      <Route path="/" component={Wishes} />
      <Route path="/:device" component={History} />
      <Route default component={NotFound} />
    </Router>
  );
}
