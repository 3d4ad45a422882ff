// Imports point down only, as in the rest of the house: screens → parts → api → base. A screen does not reach into another area.
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { expect, it } from "vitest";

const ROOT = join(import.meta.dirname);
const MAY: Record<string, string[]> = {
  base: ["base", "api", "parts"],
  api: ["api", "base"],
  parts: ["parts", "api", "base"],
  charts: ["charts", "parts", "base"],
  family: ["family", "charts", "parts", "api", "base"],
  console: ["console", "charts", "parts", "api", "base"],
  "styles-page": ["styles-page", "charts", "parts", "base", "api"],
};

function* sources(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* sources(path);
    else if (/\.tsx?$/.test(entry.name) && !entry.name.includes(".test.")) yield path;
  }
}

const imports = (text: string) =>
  [...text.matchAll(/from "~\/([^"]+)"|import\("~\/([^"]+)"\)/g)].map((found) => found[1] ?? found[2] ?? "");

it("imports point down only", () => {
  const wrong: string[] = [];
  for (const file of sources(ROOT)) {
    const [part = "", area = ""] = relative(ROOT, file).split("/");
    const may = MAY[part];
    if (!may) continue; // the app itself, which knows everything
    for (const name of imports(readFileSync(file, "utf-8"))) {
      const [target = "", other = ""] = name.split("/");
      if (target.includes("not-found")) continue;
      if (!may.includes(target)) wrong.push(`${relative(ROOT, file)} imports ${name}`);
      if (part === "family" && target === "family" && other !== area)
        wrong.push(`${relative(ROOT, file)} reaches into ${name}`);
    }
  }
  expect(wrong).toEqual([]);
});

it("no colour is written outside the tokens", () => {
  const wrong: string[] = [];
  for (const file of sources(ROOT))
    if (/#[0-9a-f]{6}\b|rgb\(/i.test(readFileSync(file, "utf-8"))) wrong.push(relative(ROOT, file));
  expect(wrong).toEqual([]);
});

it("dates are formatted in one place", () => {
  const wrong: string[] = [];
  for (const file of sources(ROOT))
    if (!file.endsWith("base/format.ts") && /toLocale|DateTimeFormat/.test(readFileSync(file, "utf-8")))
      wrong.push(relative(ROOT, file));
  expect(wrong).toEqual([]);
});

it("what is asked for under one key is asked for in one place: two shapes under one key break the screen that comes second", () => {
  const known = new Map<string, string>();
  const twice: string[] = [];
  for (const file of sources(ROOT))
    for (const [, key = ""] of readFileSync(file, "utf-8").matchAll(/queryKey: (\["[^\]]*\])/g)) {
      const first = known.get(key);
      if (first && first !== file && !key.startsWith('["operator"'))
        twice.push(`${key}: ${relative(ROOT, first)} and ${relative(ROOT, file)}`);
      known.set(key, first ?? file);
    }
  expect(twice).toEqual([]);
});
