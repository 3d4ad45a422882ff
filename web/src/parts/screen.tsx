// The frame of a screen: its title, its way back, its content. Focus goes to the content when the screen changes.
import { ChevronLeft } from "lucide-preact";
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { common } from "~/base/common";
import { HomeSwitch } from "./home-switch";

type Props = { title: string; back?: string; aside?: ComponentChildren; children: ComponentChildren };

export function Screen({ title, back, aside, children }: Props) {
  useEffect(() => {
    document.title = `${title} · ${common().app}`;
  }, [title]);
  return (
    <>
      <header>
        {back && (
          <a class="button quiet round no-print" href={back} aria-label={common().back}>
            <ChevronLeft size={24} aria-hidden />
          </a>
        )}
        <h1>{title}</h1>
        {aside}
      </header>
      <HomeSwitch />
      <main id="content" tabIndex={-1}>
        {children}
      </main>
    </>
  );
}
