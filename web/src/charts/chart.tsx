// A plot on a canvas (uPlot). Who looks sees the picture, a finger or the arrow keys read its values; who does not look has the words.
import "uplot/dist/uPlot.min.css";
import "./charts.css";
import { useEffect, useRef, useState } from "preact/hooks";
import type uPlot from "uplot";
import { unitWord } from "~/base/format";
import { language } from "~/base/words";
import { useTheme } from "./colours";
import { drawn } from "./drawn";
import type { Plot } from "./plot";

const library = () => import("uplot").then((module) => module.default);

/** `onPick`: what a press on a place leads to. */
export function Chart({ plot, onPick, tall }: { plot: Plot; onPick?: (place: number) => void; tall?: boolean }) {
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot>();
  const [place, setPlace] = useState<number>();
  const theme = useTheme();
  const spoken = language.value;
  // Theme and language change what the same plot looks like.
  useEffect(() => {
    let gone = false;
    library().then((UPlot) => {
      if (gone || !box.current) return;
      chart.current?.destroy();
      const [options, data] = drawn(UPlot, plot, box.current, setPlace);
      chart.current = new UPlot(options, data, box.current);
    });
    const fit = new ResizeObserver(() => {
      if (box.current) chart.current?.setSize({ width: box.current.clientWidth, height: box.current.clientHeight });
    });
    if (box.current) fit.observe(box.current);
    return () => {
      gone = true;
      fit.disconnect();
      chart.current?.destroy();
      chart.current = undefined;
    };
  }, [plot, theme, spoken]);
  const move = (event: PointerEvent) => {
    const over = chart.current?.over.getBoundingClientRect();
    if (over) chart.current?.setCursor({ left: event.clientX - over.left, top: over.height / 2 });
  };
  return (
    <figure class="chart">
      <p class="reading number" aria-hidden>
        <span class="soft">{unitWord(plot.unit)}</span>
        <span>{place === undefined ? "\u00a0" : plot.read(place)}</span>
      </p>
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the table below has the same as links */}
      <div
        ref={box}
        class={tall ? "canvas tall" : "canvas"}
        role="img"
        aria-label={`${plot.title}: ${plot.summary}`}
        onPointerDown={move}
        onPointerMove={(event) => event.pointerType !== "mouse" && move(event)}
        onClick={() => place !== undefined && onPick?.(place)}
      />
    </figure>
  );
}
