// What can be done with one device: name it, put another in its place, give it back, let go of it.
import { useState } from "preact/hooks";
import { api, data, key } from "~/api/client";
import { useChange } from "~/api/queries";
import { common } from "~/base/common";
import { Button } from "~/parts/basics";
import { Dialog, useSure } from "~/parts/dialog";
import { TextField } from "~/parts/fields";
import { Form, Trouble, useForm } from "~/parts/form";
import { tell } from "~/parts/toast";
import type { Device } from "./asked";
import { w } from "./words";

const touched = (home: string) => [
  ["devices", home],
  ["now", home],
  ["contract", home],
];

type Menu = { home: string; device: string; label: string; name: string; may: string[] };

export function DeviceMenu({ home, device, label, name, may }: Menu) {
  const [open, setOpen] = useState<"rename" | "replace">();
  const params = { path: { contract: home, device } };
  const sure = useSure();
  const leave = useChange({
    send: (how: "return" | "release", once) =>
      data(
        how === "return"
          ? api.POST("/v1/contracts/{contract}/devices/{device}/return", { params: { ...params, header: key(once) } })
          : api.POST("/v1/contracts/{contract}/devices/{device}/release", { params: { ...params, header: key(once) } }),
      ),
    touches: touched(home),
    done: (_, how) => tell(how === "return" ? w().gaveBack : w().released),
  });
  const ask = (how: "return" | "release") =>
    sure.ask({
      title: how === "return" ? w().giveBackTitle(name) : w().releaseTitle(name),
      children: how === "return" ? w().giveBackMore : w().releaseMore,
      label: how === "return" ? w().giveBack : w().release,
      danger: true,
      onYes: () => leave.mutateAsync(how),
    });
  const close = () => setOpen(undefined);
  return (
    <div class="row">
      {may.includes("devices.name") && (
        <Button small onClick={() => setOpen("rename")}>
          {w().rename}
        </Button>
      )}
      {may.includes("devices.replace") && (
        <Button small onClick={() => setOpen("replace")}>
          {w().replace}
        </Button>
      )}
      {may.includes("devices.return") && (
        <Button small onClick={() => ask("return")}>
          {w().giveBack}
        </Button>
      )}
      {may.includes("devices.release") && (
        <Button small kind="quiet" onClick={() => ask("release")}>
          {w().release}
        </Button>
      )}
      <Rename home={home} device={device} label={label} open={open === "rename"} onClose={close} />
      <Claim home={home} replaces={device} open={open === "replace"} onClose={close} />
      {sure.dialog}
    </div>
  );
}

type Opened = { home: string; open: boolean; onClose: () => void };

function Rename({ home, device, label, open, onClose }: Opened & { device: string; label: string }) {
  const form = useForm({ label });
  const change = useChange({
    send: (body: { label: string }) =>
      data(api.PUT("/v1/contracts/{contract}/devices/{device}", { params: { path: { contract: home, device } }, body })),
    touches: touched(home),
    done: () => {
      onClose();
      tell(common().saved);
    },
  });
  const save = () => {
    if (!form.values.label.trim()) return form.setWrongs({ label: w().needed });
    change.mutate({ label: form.values.label.trim() }, { onError: (no) => form.blame(no) });
  };
  return (
    <Dialog open={open} title={w().rename} onClose={onClose}>
      <Form onSubmit={save}>
        <TextField label={w().label} hint={w().labelHint} maxLength={40} needed {...form.bind("label")} />
        <Send busy={change.isPending} wrong={change.error} label={common().save} onClose={onClose} />
      </Form>
    </Dialog>
  );
}

/** Registers a device by what is printed on it; with `replaces` it takes that one's place. */
export function Claim({
  home,
  replaces,
  open,
  onClose,
  onDone,
}: Opened & { replaces?: string; onDone?: (device: Device) => void }) {
  const form = useForm({ serial_number: "", proof: "" });
  const change = useChange({
    send: (body: { serial_number: string; proof: string }, once) => {
      const header = key(once);
      return data(
        replaces
          ? api.POST("/v1/contracts/{contract}/devices/{device}/replacement", {
              params: { path: { contract: home, device: replaces }, header },
              body,
            })
          : api.POST("/v1/contracts/{contract}/devices", { params: { path: { contract: home }, header }, body }),
      );
    },
    touches: touched(home),
    done: (device) => {
      onClose();
      form.setValues({ serial_number: "", proof: "" });
      if (onDone) onDone(device);
      else tell(w().replaced);
    },
  });
  const save = () => {
    const missing = (["serial_number", "proof"] as const).filter((name) => !form.values[name].trim());
    if (missing.length) return form.setWrongs(Object.fromEntries(missing.map((name) => [name, w().needed])));
    const body = { serial_number: form.values.serial_number.trim(), proof: form.values.proof.trim() };
    change.mutate(body, { onError: (no) => form.blame(no) });
  };
  return (
    <Dialog open={open} title={replaces ? w().replaceTitle : w().claim} onClose={onClose}>
      <p>{replaces ? w().replaceMore : w().claimMore}</p>
      <Form onSubmit={save}>
        <TextField label={w().serial} needed autoComplete="off" {...form.bind("serial_number")} />
        <TextField label={w().proof} hint={w().proofHint} needed autoComplete="off" {...form.bind("proof")} />
        <Send busy={change.isPending} wrong={change.error} label={replaces ? w().replace : w().claim} onClose={onClose} />
      </Form>
    </Dialog>
  );
}

function Send({ busy, wrong, label, onClose }: { busy: boolean; wrong: unknown; label: string; onClose: () => void }) {
  const field = (wrong as { field?: string } | null)?.field;
  return (
    <>
      {field ? null : <Trouble of={wrong} />}
      <div class="row even">
        <Button onClick={onClose}>{common().cancel}</Button>
        <Button kind="main" type="submit" busy={busy}>
          {label}
        </Button>
      </div>
    </>
  );
}
