// Turning the page: with a swipe, the arrow keys, the buttons, or by choosing a day.
import { ChevronLeft, ChevronRight } from "lucide-preact";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { useLocation } from "preact-iso";
import { common } from "~/base/common";
import { day, dayAfter, month } from "~/base/format";
import { Tabs } from "~/parts/menu";
import type { Span } from "./plots";
import { monthAfter } from "./when";
import { w } from "./words";

const SWIPE = 60; // px to the side, and at most half as many up or down
type Props = { span: Span; today: string; to: (span: Span) => string; children: ComponentChildren };

export function Pages({ span, today, to, children }: Props) {
  const { route } = useLocation();
  const before: Span = "day" in span ? { day: dayAfter(span.day, -1) } : { month: monthAfter(span.month, -1) };
  const after: Span = "day" in span ? { day: dayAfter(span.day, 1) } : { month: monthAfter(span.month, 1) };
  const isLast = "day" in span ? span.day >= today : span.month >= today.slice(0, 7);
  const turn = (step: number) => {
    if (step < 0) route(to(before), true);
    else if (!isLast) route(to(after), true);
  };
  useKeys(turn);
  const swipe = useSwipe(turn);
  return (
    <div class="stack pages" {...swipe}>
      <div class="turn">
        <a class="button quiet round" href={to(before)} aria-label={"day" in span ? w().before : w().beforeMonth}>
          <ChevronLeft size={24} aria-hidden />
        </a>
        <Place span={span} today={today} pick={(to_) => route(to(to_), true)} />
        {isLast ? (
          <span class="button quiet round gone" aria-hidden />
        ) : (
          <a class="button quiet round" href={to(after)} aria-label={"day" in span ? w().after : w().afterMonth}>
            <ChevronRight size={24} aria-hidden />
          </a>
        )}
      </div>
      <Tabs
        label={w().length}
        of={[
          { value: "day", label: w().aDay },
          { value: "month", label: w().aMonth },
        ]}
        value={"day" in span ? "day" : "month"}
        onValue={(value) => {
          if (value === "month" && "day" in span) route(to({ month: span.day.slice(0, 7) }));
          if (value === "day" && "month" in span) route(to({ day: today.startsWith(span.month) ? today : `${span.month}-01` }));
        }}
      />
      {children}
    </div>
  );
}

/** Which day or month this is; a press lets one choose another. */
function Place({ span, today, pick }: { span: Span; today: string; pick: (span: Span) => void }) {
  const isDay = "day" in span;
  const name = isDay ? day(span.day) : month(span.month);
  const near = isDay && (span.day === today ? common().today : span.day === dayAfter(today, -1) ? common().yesterday : "");
  return (
    <div class="place">
      <h2 aria-live="polite">
        {name} {near && <span class="soft small">{near}</span>}
      </h2>
      <label>
        <span class="unseen">{w().pick}</span>
        <input
          type={isDay ? "date" : "month"}
          value={isDay ? span.day : span.month}
          max={isDay ? today : today.slice(0, 7)}
          onChange={(event) => {
            const value = event.currentTarget.value;
            if (value) pick(isDay ? { day: value } : { month: value });
          }}
        />
      </label>
    </div>
  );
}

/** Arrow keys, where nothing else wants them. */
function useKeys(turn: (step: number) => void): void {
  const latest = useRef(turn);
  latest.current = turn;
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const busy =
        event.target instanceof HTMLElement && event.target.closest("input, select, textarea, .tabs, .table, dialog");
      if (busy || event.altKey || event.ctrlKey || event.metaKey) return;
      if (event.key === "ArrowLeft") latest.current(-1);
      if (event.key === "ArrowRight") latest.current(1);
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, []);
}

/** A swipe to the side; on a picture a finger reads its values instead. */
function useSwipe(turn: (step: number) => void) {
  const began = useRef<{ x: number; y: number }>();
  return {
    onTouchStart: (event: TouchEvent) => {
      const touch = event.touches[0];
      const reads = event.target instanceof Element && event.target.closest(".canvas, .table, .tabs");
      began.current = touch && event.touches.length === 1 && !reads ? { x: touch.clientX, y: touch.clientY } : undefined;
    },
    onTouchEnd: (event: TouchEvent) => {
      const touch = event.changedTouches[0];
      if (!began.current || !touch) return;
      const [x, y] = [touch.clientX - began.current.x, touch.clientY - began.current.y];
      if (Math.abs(x) >= SWIPE && Math.abs(y) <= Math.abs(x) / 2) turn(x > 0 ? -1 : 1);
    },
  };
}
