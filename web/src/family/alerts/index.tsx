// Alerts: what is open and what to do about it; the log; what is watched; who is told.
import "./alerts.css";
import { Route, Router } from "preact-iso";
import { NotFound } from "~/not-found";
import { AddPerson } from "./add-person";
import { Log } from "./log";
import { Numbers } from "./numbers";
import { Open } from "./open";
import { PersonScreen } from "./person";
import { Steps } from "./steps";
import { Story } from "./story";
import { Telling } from "./telling";
import { Watches } from "./watches";

export default function Area() {
  return (
    <Router>
      <Route path="/" component={Open} />
      <Route path="/log" component={Log} />
      <Route path="/log/:alert" component={Story} />
      <Route path="/watches" component={Watches} />
      <Route path="/numbers" component={Numbers} />
      <Route path="/telling" component={Telling} />
      <Route path="/telling/add" component={AddPerson} />
      <Route path="/telling/steps" component={Steps} />
      <Route path="/telling/:place" component={PersonScreen} />
      <Route default component={NotFound} />
    </Router>
  );
}
