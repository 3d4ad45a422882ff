// What the family calls the home ("母の家"): said on every screen and in mails about alerts.
import { Pencil } from "lucide-preact";
import { useState } from "preact/hooks";
import { api, data } from "~/api/client";
import { useChange } from "~/api/queries";
import { common } from "~/base/common";
import { Button } from "~/parts/basics";
import { Dialog } from "~/parts/dialog";
import { TextField } from "~/parts/fields";
import { Form, Trouble, useForm } from "~/parts/form";
import { tell } from "~/parts/toast";
import { w } from "./words";

const LONGEST = 40;

export function Naming({ home, label }: { home: string; label: string }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button small kind="quiet" onClick={() => setOpen(true)}>
        <Pencil size={18} aria-hidden />
        {label ? w().renameHome : w().nameHome}
      </Button>
      {open && <Asking home={home} label={label} onClose={() => setOpen(false)} />}
    </>
  );
}

function Asking({ home, label, onClose }: { home: string; label: string; onClose: () => void }) {
  const form = useForm({ label });
  const change = useChange({
    send: (body: { label: string }) =>
      data(api.PUT("/v1/contracts/{contract}/label", { params: { path: { contract: home } }, body })),
    touches: [["homes"], ["contract", home], ["now", home]],
    done: () => {
      onClose();
      tell(common().saved);
    },
  });
  const save = () => change.mutate({ label: form.values.label.trim() }, { onError: (no) => form.blame(no) });
  return (
    <Dialog open title={label ? w().renameHome : w().nameHome} onClose={onClose}>
      <Form onSubmit={save}>
        <TextField label={w().homeName} hint={w().homeNameHint} maxLength={LONGEST} {...form.bind("label")} />
        {change.error?.field ? null : <Trouble of={change.error} />}
        <div class="row even">
          <Button onClick={onClose}>{common().cancel}</Button>
          <Button kind="main" type="submit" busy={change.isPending}>
            {common().save}
          </Button>
        </div>
      </Form>
    </Dialog>
  );
}
