// The operators' console. It is loaded when an operator opens it; for anybody else its address does not exist.
import "./console.css";
import { Route, Router } from "preact-iso";
import { arrive } from "~/parts/arrive";
import { Frame } from "./frame";
import { Announcements } from "./pages/announcements";
import { Arrears } from "./pages/arrears";
import { Audit } from "./pages/audit";
import { Bulk } from "./pages/bulk";
import { Contract } from "./pages/contract";
import { Contracts } from "./pages/contracts";
import { Device } from "./pages/device";
import { Firmware } from "./pages/firmware";
import { Fleet } from "./pages/fleet";
import { Imports } from "./pages/imports";
import { Nights } from "./pages/nights";
import { Nowhere } from "./pages/nowhere";
import { Playground } from "./pages/playground";
import { SetAside } from "./pages/set-aside";
import { Start } from "./pages/start";
import { Stock } from "./pages/stock";
import { TakeIn } from "./pages/stock-in";
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
        <Route path="/nights" component={Nights} />
        <Route path="/fleet" component={Fleet} />
        <Route path="/fleet/:device" component={Device} />
        <Route path="/stock" component={Stock} />
        <Route path="/stock/in" component={TakeIn} />
        <Route path="/set-aside" component={SetAside} />
        <Route path="/announcements" component={Announcements} />
        <Route path="/playground" component={Playground} />
        <Route path="/arrears" component={Arrears} />
        <Route path="/imports" component={Imports} />
        <Route path="/firmware" component={Firmware} />
        <Route path="/bulk" component={Bulk} />
        <Route path="/audit" component={Audit} />
        <Route path="/terms" component={Terms} />
        <Route default component={Nowhere} />
      </Router>
    </Frame>
  );
}
