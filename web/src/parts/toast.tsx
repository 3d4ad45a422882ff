// Says once what just happened, to eyes and screen readers. The newest takes the place of the one before: they never pile up.
import { signal } from "@preact/signals";

const SECONDS = 6;
const said = signal<{ id: number; text: string }>();
let last = 0;

export function tell(text: string): void {
  const id = ++last;
  said.value = { id, text };
  setTimeout(() => {
    if (said.value?.id === id) said.value = undefined;
  }, SECONDS * 1000);
}

export function Toasts() {
  return (
    <div class="toasts no-print" role="status" aria-live="polite">
      {said.value && (
        <div class="toast" key={said.value.id}>
          {said.value.text}
        </div>
      )}
    </div>
  );
}
