// Bills: what is to pay, one bill in words, what comes back.
import "./bills.css";
import { Route, Router } from "preact-iso";
import { NotFound } from "~/not-found";
import { BillScreen } from "./bill";
import { Bills } from "./list";

export default function Area() {
  return (
    <Router>
      <Route path="/" component={Bills} />
      <Route path="/:key" component={BillScreen} />
      <Route default component={NotFound} />
    </Router>
  );
}
