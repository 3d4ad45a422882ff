/** Another screen: from its top, and heard by screen readers. At once, so that the next key already belongs to it. */
export function arrive(): void {
  if (!location.hash) scrollTo(0, 0);
  if (!heard()) requestAnimationFrame(heard); // it shows its content only now
}

function heard(): boolean {
  const content = document.getElementById("content");
  content?.focus({ preventScroll: true });
  return content !== null;
}
