// The tokens' colours as a canvas wants them. A canvas knows no variables, and a theme may change while it stands.
import { useEffect, useState } from "preact/hooks";
import { look } from "~/base/look";

/** A token's colour as it is worn at that place now. */
export function colour(token: string, at: Element): string {
  const probe = document.createElement("i");
  probe.style.color = `var(--${token})`;
  at.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}

/** The same colour, thinner. */
export function thin(of: string, share: number): string {
  return `color-mix(in srgb, ${of} ${share}%, transparent)`;
}

/** Changes when the theme does: whatever hangs on it is drawn again. */
export function useTheme(): string {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const [isDark, setDark] = useState(dark.matches);
  useEffect(() => {
    const change = () => setDark(dark.matches);
    dark.addEventListener("change", change);
    return () => dark.removeEventListener("change", change);
  }, []);
  return look.value === "device" ? String(isDark) : look.value;
}
