// A form that keeps what was typed, shows a complaint beside its field, and everything else above the button.
import type { ComponentChildren } from "preact";
import { useRef, useState } from "preact/hooks";
import { Problem } from "~/api/problem";
import { common } from "~/base/common";
import { Banner } from "./basics";

/** The values of a form, and which field a problem speaks of. `field` of the API may be a path: `contact.email`. */
export function useForm<T extends object>(begin: T) {
  const [values, setValues] = useState(begin);
  const [wrongs, setWrongs] = useState<Partial<Record<string, string>>>({});
  const set = <K extends keyof T>(name: K, value: T[K]) => {
    setValues((before) => ({ ...before, [name]: value }));
    setWrongs(({ [name as string]: _gone, ...others }) => others);
  };
  /** What a text field needs: `<TextField label=… {...form.bind("email")} />` */
  const bind = <K extends keyof T & string>(name: K) => ({
    value: String(values[name] ?? ""),
    onValue: (value: string) => set(name, value as T[K]),
    wrong: wrongs[name],
  });
  /** Puts what the API complains of beside its field; true when a field of ours was meant. */
  const blame = (wrong: unknown, named: Record<string, string> = {}): boolean => {
    if (!(wrong instanceof Problem) || !wrong.field) return false;
    const field = named[wrong.field] ?? wrong.field;
    setWrongs((before) => ({ ...before, [field]: words(wrong) }));
    return field in values;
  };
  return { values, setValues, set, bind, wrongs, setWrongs, blame };
}

/** What a problem of a field says beside it. */
export function words(wrong: Problem): string {
  return [wrong.detail, wrong.cure].filter(Boolean).join(" ");
}

type FormProps = { onSubmit: () => unknown; children: ComponentChildren; busy?: boolean; label?: string };

/** Submits with Enter too; leads to the first field that is wrong, also after an answer that was waited for. */
export function Form({ onSubmit, children, label }: FormProps) {
  const form = useRef<HTMLFormElement>(null);
  return (
    <form
      ref={form}
      class="stack"
      noValidate
      aria-label={label}
      onSubmit={(event) => {
        event.preventDefault();
        Promise.resolve(onSubmit()).finally(() =>
          requestAnimationFrame(() => form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()),
        );
      }}
    >
      {children}
    </form>
  );
}

/** A problem in words a person can act on. Problems of a field are shown beside the field instead. */
export function Trouble({ of }: { of: unknown }) {
  if (!of) return null;
  if (!(of instanceof Problem))
    return (
      <Banner tone="alarm" role="alert" title={common().failed}>
        {common().failedOurs}
      </Banner>
    );
  if (of.offline)
    return (
      <Banner tone="care" role="alert" title={common().noLineTitle}>
        {common().noLine}
      </Banner>
    );
  return (
    <Banner tone={of.status >= 500 ? "alarm" : "care"} role="alert" title={of.title || common().failed}>
      <p>{of.detail || common().failedOurs}</p>
      {of.cure && <p>{of.cure}</p>}
    </Banner>
  );
}
