// Alerts: what is open and what to do about it; the log; what is watched; who is told.
import "./alerts.css";
import { Route, Router } from "preact-iso";
import { NotFound } from "~/not-found";
import { Log } from "./log";
import { Open } from "./open";
import { Story } from "./story";
import { Watches } from "./watches";

export default function Area() {
  return (
    <Router>
      <Route path="/" component={Open} />
      <Route path="/log" component={Log} />
      <Route path="/log/:alert" component={Story} />
      <Route path="/watches" component={Watches} />
      <Route default component={NotFound} />
    </Router>
  );
}
