// Says once what just happened, to eyes and screen readers.
import { signal } from "@preact/signals";

const SECONDS = 6;
const said = signal<{ id: number; text: string }[]>([]);
let last = 0;

export function tell(text: string): void {
  const id = ++last;
  said.value = [...said.value.filter((one) => one.text !== text), { id, text }];
  setTimeout(() => {
    said.value = said.value.filter((one) => one.id !== id);
  }, SECONDS * 1000);
}

export function Toasts() {
  return (
    <div class="toasts no-print" role="status" aria-live="polite">
      {said.value.map((one) => (
        <div class="toast" key={one.id}>
          {one.text}
        </div>
      ))}
    </div>
  );
}
