// The routes, and the frame around them. Each area is loaded when it is first opened.
import { QueryClientProvider } from "@tanstack/preact-query";
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { ErrorBoundary, LocationProvider, lazy, Route, Router, useLocation } from "preact-iso";
import { queries } from "./api/queries";
import { expired, isOperator, resume, who } from "./api/session";
import { common } from "./base/common";
import { opens, useHomes } from "./base/homes";
import { Lines } from "./base/lines";
import { Again } from "./family/account/again";
import { SignIn } from "./family/account/sign-in";
import { Today } from "./family/today";
import { NotFound } from "./not-found";
import { arrive } from "./parts/arrive";
import { Bar } from "./parts/bar";
import { Skeleton } from "./parts/basics";
import { Toasts } from "./parts/toast";

const Days = lazy(() => import("./family/days"));
const Alerts = lazy(() => import("./family/alerts"));
const Wishes = lazy(() => import("./family/wishes"));
const People = lazy(() => import("./family/people"));
const Contract = lazy(() => import("./family/contract"));
const Apply = lazy(() => import("./family/apply"));
const Bills = lazy(() => import("./family/bills"));
const Account = lazy(() => import("./family/account"));
const Join = lazy(() => import("./family/people/join"));
const Entrance = lazy(() => import("./family/account/entrance"));
const Styles = lazy(() => import("./styles-page"));
const Console = lazy(() => import("./console"));

export function App() {
  return (
    <QueryClientProvider client={queries}>
      <LocationProvider>
        <ErrorBoundary>
          <Doors />
          <Toasts />
          {expired.value && <Again />}
        </ErrorBoundary>
      </LocationProvider>
    </QueryClientProvider>
  );
}

// What needs nobody signed in.
const OPEN = /^\/(sign-in|sign-up|forgotten|styles|apply|invitation)(\/|$)/;

function Doors() {
  const { path } = useLocation();
  useEffect(() => {
    resume();
  }, []);
  const open = OPEN.test(path);
  const closed = useClosed(path);
  if (who.value === undefined && !open) return <Waiting />;
  if (!who.value && !open)
    return (
      <Frame bare>
        <SignIn />
      </Frame>
    );
  if (path.startsWith("/console"))
    return isOperator.value ? (
      <Router>
        <Route path="/console/*" component={Console} />
        <Route path="/console" component={Console} />
      </Router>
    ) : (
      <Frame>
        <NotFound />
      </Frame>
    );
  if (closed)
    return (
      <Frame>
        <NotFound />
      </Frame>
    );
  // "/*" asks for something behind the slash: an area stands twice.
  return (
    <Frame bare={!who.value}>
      <Lines />
      <Router onRouteChange={arrive}>
        <Route path="/" component={Today} />
        <Route path="/homes/:home" component={Today} />
        <Route path="/homes/:home/days" component={Days} />
        <Route path="/homes/:home/days/*" component={Days} />
        <Route path="/homes/:home/months/*" component={Days} />
        <Route path="/homes/:home/alerts" component={Alerts} />
        <Route path="/homes/:home/alerts/*" component={Alerts} />
        <Route path="/homes/:home/wishes" component={Wishes} />
        <Route path="/homes/:home/wishes/*" component={Wishes} />
        <Route path="/homes/:home/people" component={People} />
        <Route path="/homes/:home/people/*" component={People} />
        <Route path="/homes/:home/contract" component={Contract} />
        <Route path="/homes/:home/contract/*" component={Contract} />
        <Route path="/homes/:home/bills" component={Bills} />
        <Route path="/homes/:home/bills/*" component={Bills} />
        <Route path="/apply" component={Apply} />
        <Route path="/apply/*" component={Apply} />
        <Route path="/account" component={Account} />
        <Route path="/account/*" component={Account} />
        <Route path="/invitation" component={Join} />
        <Route path="/sign-in" component={SignIn} />
        <Route path="/sign-up" component={Entrance} />
        <Route path="/forgotten" component={Entrance} />
        <Route path="/styles" component={Styles} />
        <Route default component={NotFound} />
      </Router>
    </Frame>
  );
}

/** Whether the address names a screen of a home that is not open to whoever is signed in. */
function useClosed(path: string): boolean {
  const homes = useHomes();
  const [, id, screen = ""] = /^\/homes\/([^/]+)\/([a-z]+)/.exec(path) ?? [];
  const home = homes.data?.find((one) => one.id === id);
  return !!home && !opens(home, screen);
}

function Frame({ bare, children }: { bare?: boolean; children: ComponentChildren }) {
  return (
    <>
      <a class="skip button main" href="#content">
        {common().skip}
      </a>
      <div class={bare ? "shell bare" : "shell"}>{children}</div>
      {!bare && <Bar />}
    </>
  );
}

function Waiting() {
  return (
    <div class="shell bare" role="status">
      <header />
      <main>
        <span class="unseen">{common().loading}</span>
        <Skeleton lines={6} />
      </main>
    </div>
  );
}
