// The frame of the console: the rail, the search that is always at hand, the help with the keys.
import { House, Keyboard, LogOut, Search } from "lucide-preact";
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { signOut } from "~/api/session";
import { common } from "~/base/common";
import { Lines } from "~/base/lines";
import { Button } from "~/parts/basics";
import { KeysHelp } from "./help";
import { useKeys } from "./keys";
import { Palette } from "./palette";
import { isHere, places } from "./places";
import { w } from "./words";

type Open = "palette" | "help" | undefined;

export function Frame({ children }: { children: ComponentChildren }) {
  const { route } = useLocation();
  const [open, setOpen] = useState<Open>();
  const find = () => setOpen("palette");
  useKeys({
    ...Object.fromEntries(places.map((place) => [`g ${place.key}`, () => route(place.href)])),
    "/": find,
    "Ctrl+k": find,
    "?": () => setOpen("help"),
  });
  return (
    <div class="console">
      <a class="skip button main" href="#content">
        {common().skip}
      </a>
      <Rail />
      <header class="console-head no-print">
        <button type="button" class="finder" onClick={find}>
          <Search size={18} aria-hidden />
          <span>{w().find}</span>
          <kbd>/</kbd>
        </button>
        <Button kind="quiet" small onClick={() => setOpen("help")}>
          <Keyboard size={18} aria-hidden />
          {w().keys} <kbd>?</kbd>
        </Button>
      </header>
      <main id="content" tabIndex={-1}>
        <Lines />
        {children}
      </main>
      <Palette open={open === "palette"} onClose={() => setOpen(undefined)} />
      <KeysHelp open={open === "help"} onClose={() => setOpen(undefined)} />
    </div>
  );
}

function Rail() {
  const { path } = useLocation();
  return (
    <nav class="rail no-print" aria-label={w().places}>
      <strong class="rail-name">
        {common().app} {w().console}
      </strong>
      <ul>
        {places.map((place) => (
          <li key={place.href}>
            <a href={place.href} aria-current={isHere(place, path) ? "page" : undefined}>
              <place.mark size={18} aria-hidden />
              <span>{place.name()}</span>
            </a>
          </li>
        ))}
      </ul>
      <ul class="rail-foot">
        <li>
          <a href="/">
            <House size={18} aria-hidden />
            <span>{w().toApp}</span>
          </a>
        </li>
        <li>
          <button type="button" onClick={() => signOut()}>
            <LogOut size={18} aria-hidden />
            <span>{w().signOut}</span>
          </button>
        </li>
      </ul>
    </nav>
  );
}
