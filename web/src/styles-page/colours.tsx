import { useEffect, useState } from "preact/hooks";
import { figure } from "~/base/format";
import { look } from "~/base/look";
import { Card } from "~/parts/basics";
import { contrast, rgbOf } from "./contrast";
import { PAIRS } from "./pairs";
import { w } from "./words";

/** A token as the browser shows it now. */
function shown(token: string): string {
  const probe = document.createElement("span");
  probe.style.color = `var(--${token})`;
  document.body.append(probe);
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
}

/** What is no colour for words: a thick edge beside them. */
const line = (above: string, below: string) => ({
  background: `var(--${below})`,
  borderInlineStart: `0.75rem solid var(--${above})`,
});

export function Colours() {
  const [ratios, setRatios] = useState<number[]>([]);
  useEffect(() => setRatios(PAIRS.map(([above, below]) => contrast(rgbOf(shown(above)), rgbOf(shown(below))))), [look.value]);
  return (
    <Card title={w().colours}>
      <p class="soft small">{w().coloursMore}</p>
      <ul class="swatches">
        {PAIRS.map(([above, below, least], place) => (
          <li
            key={`${above} ${below}`}
            style={least < 4.5 ? line(above, below) : { color: `var(--${above})`, background: `var(--${below})` }}
          >
            <strong>{above}</strong>
            <span class="small">{w().on(below)}</span>
            <span class="number">{ratios[place] ? figure(ratios[place]) : ""}</span>
          </li>
        ))}
      </ul>
    </Card>
  );
}
