// The small parts that every screen is built of. `/styles` shows each in every state.
import { CircleAlert, CircleCheck, Info, TriangleAlert } from "lucide-preact";
import type { ComponentChildren, JSX } from "preact";
import { dated } from "./dated";

export type Tone = "good" | "care" | "alarm" | "info";

const MARKS = { good: CircleCheck, care: TriangleAlert, alarm: CircleAlert, info: Info };

type ButtonProps = Omit<JSX.ButtonHTMLAttributes<HTMLButtonElement>, "size"> & {
  kind?: "plain" | "main" | "quiet" | "danger" | "danger main";
  small?: boolean;
  wide?: boolean;
  round?: boolean;
  /** On its way: says so, and does not press twice. */
  busy?: boolean;
};

export function Button({ kind = "plain", small, wide, round, busy, class: more, onClick, children, ...rest }: ButtonProps) {
  const names = ["button", kind, small && "small", wide && "wide", round && "round", more].filter(Boolean).join(" ");
  const press: ButtonProps["onClick"] = (event) => {
    if (busy) event.preventDefault();
    else onClick?.(event);
  };
  return (
    <button
      type="button"
      {...rest}
      class={names}
      aria-busy={busy || undefined}
      aria-disabled={busy || undefined}
      onClick={press}
    >
      {children}
    </button>
  );
}

type LinkProps = JSX.AnchorHTMLAttributes<HTMLAnchorElement> & { kind?: ButtonProps["kind"]; small?: boolean; wide?: boolean };

/** A link that looks like a button: it leads somewhere, it does nothing by itself. */
export function ButtonLink({ kind = "plain", small, wide, class: more, ...rest }: LinkProps) {
  return <a {...rest} class={["button", kind, small && "small", wide && "wide", more].filter(Boolean).join(" ")} />;
}

/** A state in a word, with a mark: colour is never the only sign. */
export function Chip({ tone, children }: { tone?: Tone; children: ComponentChildren }) {
  const Mark = tone && MARKS[tone];
  return (
    <span class={`chip ${tone ?? ""}`}>
      {Mark && <Mark size={14} aria-hidden />}
      {children}
    </span>
  );
}

type BannerProps = { tone?: Tone; title?: string; children?: ComponentChildren; role?: "status" | "alert" };

export function Banner({ tone = "info", title, children, role }: BannerProps) {
  const Mark = MARKS[tone];
  return (
    <div class={`banner ${tone}`} role={role}>
      <Mark size={20} aria-hidden />
      <div class="stack tight">
        {title && <strong>{dated(title)}</strong>}
        {children && <div>{dated(children)}</div>}
      </div>
    </div>
  );
}

export function Card({
  title,
  aside,
  children,
}: {
  title?: ComponentChildren;
  aside?: ComponentChildren;
  children: ComponentChildren;
}) {
  return (
    <section class="card stack">
      {(title || aside) && (
        <div class="row apart">
          {title && <h2>{dated(title)}</h2>}
          {aside}
        </div>
      )}
      {children}
    </section>
  );
}

/** Names and values, line by line; lines without a value are left out. */
export function Facts({ of }: { of: [ComponentChildren, ComponentChildren][] }) {
  const known = of.filter(([, value]) => value !== null && value !== undefined && value !== false && value !== "");
  if (!known.length) return null;
  return (
    <dl class="facts">
      {known.map(([name, value], place) => (
        <div key={place}>
          <dt>{dated(name)}</dt>
          <dd class="number">{dated(value)}</dd>
        </div>
      ))}
    </dl>
  );
}

export function Skeleton({ lines = 3 }: { lines?: number }) {
  return (
    <div class="stack tight" aria-hidden>
      {Array.from({ length: lines }, (_, line) => (
        <span class="skeleton" key={line} />
      ))}
    </div>
  );
}

export function Empty({ mark, children }: { mark?: ComponentChildren; children: ComponentChildren }) {
  return (
    <div class="empty">
      {mark}
      {children}
    </div>
  );
}
