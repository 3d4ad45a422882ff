/** A colour as the browser resolved it: red, green and blue from 0 to 255. */
export type Rgb = readonly [number, number, number];

export function rgbOf(resolved: string): Rgb {
  const [red = 0, green = 0, blue = 0] = (resolved.match(/[\d.]+/g) ?? []).map(Number);
  return [red, green, blue];
}

function luminance([red, green, blue]: Rgb): number {
  const linear = (channel: number) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

/** How well one colour is told from another, 1 to 21 (WCAG 2.2). */
export function contrast(one: Rgb, other: Rgb): number {
  const [light, dark] = [luminance(one), luminance(other)].toSorted((a, b) => b - a) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}
