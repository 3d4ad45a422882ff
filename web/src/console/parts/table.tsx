// A list to work through: head that stays, rows that open with Enter, j and k between them, Space to pick.
import type { ComponentChildren } from "preact";
import { useRef } from "preact/hooks";
import { common } from "~/base/common";
import { Button, Empty, Skeleton } from "~/parts/basics";
import { Trouble } from "~/parts/form";
import { useKeys } from "../keys";
import { w } from "../words";
import type { Selection } from "./selection";

export type Column<T> = {
  head: string;
  cell: (row: T) => ComponentChildren;
  /** Figures stand to the right. */
  figure?: boolean;
  /** Left out where the window is narrow. */
  wide?: boolean;
  /** Left out on all but very wide screens: what the row's own page says too. */
  widest?: boolean;
  /** Names and sentences, which may take several lines. */
  wraps?: boolean;
  /** Whole paragraphs: wide where the window is. */
  roomy?: boolean;
};

type Rows<T> = {
  data?: T[] | undefined;
  error?: unknown;
  isPending?: boolean;
  isFetching?: boolean;
  refetch?: () => unknown;
  more?: { load: () => unknown; busy: boolean } | undefined;
};

type Props<T> = {
  label: string;
  rows: Rows<T>;
  columns: Column<T>[];
  keyOf: (row: T) => string;
  /** Where a row leads; its first cell is the link. */
  href?: (row: T) => string;
  /** What opening a row does where it leads nowhere. */
  onOpen?: (row: T) => void;
  selection?: Selection;
  empty: ComponentChildren;
};

export function DataTable<T>(props: Props<T>) {
  const { rows, label, columns, keyOf, selection, empty } = props;
  const box = useRef<HTMLElement>(null);
  useRowKeys(box, selection);
  if (rows.data === undefined) return rows.error ? <Failed rows={rows} /> : <Waiting />;
  if (rows.data.length === 0 && !rows.more) return <Empty>{empty}</Empty>;
  return (
    <div class="stack tight">
      {rows.error ? <Trouble of={rows.error} /> : null}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls sideways where the window is narrow */}
      <section class="table" ref={box} aria-label={label} tabIndex={0}>
        <table>
          <thead>
            <tr>
              {selection && (
                <th>
                  <PickAll keys={rows.data.map(keyOf)} selection={selection} />
                </th>
              )}
              {columns.map((column) => (
                <th key={column.head} scope="col" class={classOf(column)}>
                  {column.head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.data.map((row) => (
              <Row key={keyOf(row)} row={row} {...props} />
            ))}
          </tbody>
        </table>
      </section>
      <Foot rows={rows} />
    </div>
  );
}

function Row<T>({ row, columns, keyOf, href, onOpen, selection }: Props<T> & { row: T }) {
  const id = keyOf(row);
  const [first, ...rest] = columns;
  if (!first) return null;
  const inside = first.cell(row);
  return (
    <tr data-key={id} class={selection?.has(id) ? "picked" : ""}>
      {selection && (
        <td>
          <input type="checkbox" aria-label={w().pick} checked={selection.has(id)} onChange={() => selection.toggle(id)} />
        </td>
      )}
      <th scope="row" class={classOf(first)}>
        {href ? (
          <a class="open" href={href(row)}>
            {inside}
          </a>
        ) : onOpen ? (
          <button type="button" class="open" onClick={() => onOpen(row)}>
            {inside}
          </button>
        ) : (
          inside
        )}
      </th>
      {rest.map((column) => (
        <td key={column.head} class={classOf(column)}>
          {column.cell(row)}
        </td>
      ))}
    </tr>
  );
}

const classOf = <T,>(column: Column<T>) =>
  [
    column.figure && "money",
    column.wide && "only-wide-cell",
    column.widest && "only-widest-cell",
    column.wraps && "wraps",
    column.roomy && "roomy",
  ]
    .filter(Boolean)
    .join(" ");

function PickAll({ keys, selection }: { keys: string[]; selection: Selection }) {
  const all = keys.length > 0 && keys.every(selection.has);
  return (
    <input
      type="checkbox"
      aria-label={w().pickAll}
      checked={all}
      onChange={() => (all ? selection.clear() : selection.set(keys))}
    />
  );
}

/** j and k, and the arrows: to the next and the last row; Space picks the row one is at. */
function useRowKeys(box: { current: HTMLElement | null }, selection: Selection | undefined): void {
  const openers = () => [...(box.current?.querySelectorAll<HTMLElement>("tbody .open, tbody tr:not(:has(.open)) input") ?? [])];
  const step = (by: number) => {
    const all = openers();
    const at = all.findIndex((one) => one.closest("tr")?.contains(document.activeElement));
    const next = at < 0 ? 0 : Math.min(Math.max(at + by, 0), all.length - 1);
    all[next]?.focus();
    all[next]?.scrollIntoView({ block: "nearest" });
  };
  const pick = () => {
    const row = document.activeElement?.closest("tr");
    if (row?.dataset.key && box.current?.contains(row)) selection?.toggle(row.dataset.key);
  };
  const down = () => step(1);
  const up = () => step(-1);
  useKeys({ j: down, k: up, ArrowDown: down, ArrowUp: up, ...(selection && { x: pick }) });
}

function Foot<T>({ rows }: { rows: Rows<T> }) {
  return (
    <div class="row apart">
      <span class="soft small" role="status">
        {w().rows(rows.data?.length ?? 0)}
      </span>
      {rows.more && (
        <Button small busy={rows.more.busy} onClick={() => rows.more?.load()}>
          {w().more}
        </Button>
      )}
    </div>
  );
}

function Waiting() {
  return (
    <div role="status">
      <span class="unseen">{common().loading}</span>
      <Skeleton lines={6} />
    </div>
  );
}

function Failed<T>({ rows }: { rows: Rows<T> }) {
  return (
    <div class="stack">
      <Trouble of={rows.error} />
      <Button busy={!!rows.isFetching} onClick={() => rows.refetch?.()}>
        {common().again}
      </Button>
    </div>
  );
}
