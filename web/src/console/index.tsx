// The operators' console. It is loaded when an operator opens it; for anybody else its address does not exist.
import "./console.css";
import { Route, Router } from "preact-iso";
import { Frame } from "./frame";
import { Contract } from "./pages/contract";
import { Contracts } from "./pages/contracts";
import { Nowhere } from "./pages/nowhere";
import { Start } from "./pages/start";
import { Terms } from "./pages/terms";
import { Applications, Work } from "./pages/work";

export default function Console() {
  return (
    <Frame>
      <Router onRouteChange={arrive}>
        <Route path="/" component={Start} />
        <Route path="/applications" component={Applications} />
        <Route path="/work" component={Work} />
        <Route path="/contracts" component={Contracts} />
        <Route path="/contracts/:contract/:part?" component={Contract} />
        <Route path="/terms" component={Terms} />
        <Route default component={Nowhere} />
      </Router>
    </Frame>
  );
}

function arrive(): void {
  scrollTo(0, 0);
  requestAnimationFrame(() => document.getElementById("content")?.focus({ preventScroll: true }));
}
