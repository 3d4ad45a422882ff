// Contract: what was agreed, what comes, and what can be changed.
import "./contract.css";
import { Route, Router } from "preact-iso";
import { NotFound } from "~/not-found";
import { CalendarScreen } from "./calendar";
import { Details } from "./details";
import { Equipment } from "./equipment";
import { Notices } from "./notices";
import { Overview } from "./overview";
import { StepScreen } from "./step-screen";
import { Steps } from "./steps";

export default function Area() {
  return (
    <Router>
      <Route path="/" component={Overview} />
      <Route path="/calendar" component={CalendarScreen} />
      <Route path="/details" component={Details} />
      <Route path="/equipment" component={Equipment} />
      <Route path="/notices" component={Notices} />
      <Route path="/do" component={Steps} />
      <Route path="/do/:step" component={StepScreen} />
      <Route default component={NotFound} />
    </Router>
  );
}
