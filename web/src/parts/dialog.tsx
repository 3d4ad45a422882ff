// The platform's dialog: it keeps the focus, closes with Escape, and gives the focus back.
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { common } from "~/base/common";
import { Button } from "./basics";
import { Trouble } from "./form";

type DialogProps = {
  open: boolean;
  title: ComponentChildren;
  onClose: () => void;
  children: ComponentChildren;
  firm?: boolean;
};

/** `firm`: Escape does not close it. */
export function Dialog({ open, title, onClose, children, firm }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    if (open && !dialog.current?.open) dialog.current?.showModal();
    if (!open && dialog.current?.open) dialog.current.close();
  }, [open]);
  return (
    <dialog
      ref={dialog}
      class="dialog"
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        if (!firm) onClose();
      }}
    >
      {open && (
        <div class="stack">
          <h2 id={id}>{title}</h2>
          {children}
        </div>
      )}
    </dialog>
  );
}

type Asking = {
  title: string;
  children?: ComponentChildren;
  label: string; // of the button that does it
  danger?: boolean;
  onYes: () => Promise<unknown>;
};

/** Asks before something that cannot be taken back: `const sure = useSure(); sure.ask({...}); … {sure.dialog}`. */
export function useSure() {
  const [asking, setAsking] = useState<Asking>();
  const [state, setState] = useState<{ busy: boolean; wrong?: unknown }>({ busy: false });
  const close = () => {
    setAsking(undefined);
    setState({ busy: false });
  };
  const yes = async () => {
    setState({ busy: true });
    try {
      await asking?.onYes();
      close();
    } catch (wrong) {
      setState({ busy: false, wrong });
    }
  };
  const dialog = (
    <Dialog open={!!asking} title={asking?.title} onClose={close}>
      {asking?.children && <div>{asking.children}</div>}
      <Trouble of={state.wrong} />
      <div class="row even">
        <Button onClick={close}>{common().cancel}</Button>
        <Button kind={asking?.danger ? "danger main" : "main"} busy={state.busy} onClick={yes}>
          {asking?.label}
        </Button>
      </div>
    </Dialog>
  );
  return { ask: setAsking, dialog };
}
