import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { contrast, type Rgb, rgbOf } from "./contrast";
import { PAIRS } from "./pairs";

const TOKENS = readFileSync(join(import.meta.dirname, "../styles/tokens.css"), "utf-8");

const hex = (text: string): Rgb => [1, 3, 5].map((at) => Number.parseInt(text.slice(at, at + 2), 16)) as unknown as Rgb;

/** A token's value in the light or the dark look. */
function token(name: string, dark: boolean): Rgb {
  const found = new RegExp(`--${name}: light-dark\\((#[0-9a-f]{6}), (#[0-9a-f]{6})\\)`).exec(TOKENS);
  if (!found) throw new Error(`there is no token ${name}`);
  return hex(found[dark ? 2 : 1] as string);
}

it("knows black on white, and that it does not matter which is which", () => {
  expect(contrast([0, 0, 0], [255, 255, 255])).toBeCloseTo(21, 5);
  expect(contrast(rgbOf("rgb(119, 119, 119)"), rgbOf("rgb(255, 255, 255)"))).toBeCloseTo(4.48, 2);
});

describe.each([false, true])("dark look: %s", (dark) => {
  it.each(PAIRS)("%s on %s has %d", (above, below, least) => {
    expect(contrast(token(above, dark), token(below, dark))).toBeGreaterThanOrEqual(least);
  });
});
