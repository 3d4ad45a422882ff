// CSS classes are global, so each has one home: no area's sheet can change what another area shows.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "..");
const SHARED = ["styles", "charts"]; // for everybody above them

const files = readdirSync(ROOT, { recursive: true, encoding: "utf-8" });
const read = (name: string) => readFileSync(join(ROOT, name), "utf-8");

/** The area a file belongs to: `family/days`, `console`, `charts` … */
const area = (name: string) => {
  const [part = "", sub = ""] = name.split("/");
  return part === "family" ? `${part}/${sub}` : part;
};

const classes = (selector: string) =>
  [...selector.matchAll(/\.([a-z][\w-]*)/gi)].map((found) => found[1] ?? "").filter((name) => !name.startsWith("u-")); // uPlot's

/** What stands before each brace, without at-rules; a list of selectors is taken apart, `:is(…)` is not. */
function selectors(sheet: string): string[] {
  const text = read(sheet).replace(/\/\*.*?\*\//gs, "");
  return [...text.matchAll(/([^{};]+)\{/g)]
    .map((found) => (found[1] ?? "").trim())
    .filter((selector) => !/^(@|from$|to$|\d+%$)/.test(selector))
    .flatMap((list) => list.split(/,(?![^(]*\))/).map((selector) => selector.trim()));
}

/** The words of all texts in quotes. */
const said = (text: string) =>
  [...text.matchAll(/"[^"\n]*"|`[^`]*`/g)].flatMap(([literal]) => literal.match(/[a-z][\w-]*/gi) ?? []);

/** Every word that a `class` attribute of a file can hold. */
function* worn(file: string): Generator<string> {
  const text = read(file);
  for (const { index } of text.matchAll(/\b(?:class|className)=(?=["{])/g)) {
    let end = text.indexOf("=", index) + 1;
    if (text[end] === '"') end = text.indexOf('"', end + 1) + 1;
    else
      for (let depth = 0; ; end++)
        if (text[end] === "{") depth++;
        else if (text[end] === "}" && !--depth) break;
    yield* said(text.slice(index, end));
  }
}

const sheets = files.filter((name) => name.endsWith(".css"));

/** Where a class stands in sheets, by area. */
const homes = new Map<string, Set<string>>();
for (const sheet of sheets)
  for (const selector of selectors(sheet))
    for (const name of classes(selector)) homes.set(name, (homes.get(name) ?? new Set()).add(area(sheet)));
const own = (name: string, of: string) => homes.get(name)?.size === 1 && homes.get(name)?.has(of) === true;

it("what an area's sheet selects has a class that no other area's sheet knows", () => {
  const wrong = sheets
    .filter((sheet) => area(sheet) !== "styles")
    .flatMap((sheet) =>
      selectors(sheet)
        .filter((selector) => !classes(selector).some((name) => own(name, area(sheet))))
        .map((selector) => `${sheet}: ${selector}`),
    );
  expect(wrong).toEqual([]);
});

it("a class of one area is worn in that area only", () => {
  const wrong = new Set<string>();
  for (const file of files.filter((name) => name.endsWith(".tsx")))
    for (const name of worn(file)) {
      const home = homes.get(name)?.size === 1 ? [...(homes.get(name) ?? [])][0] : undefined;
      if (home && !SHARED.includes(home) && home !== area(file)) wrong.add(`${file} wears .${name} of ${home}`);
    }
  expect([...wrong]).toEqual([]);
});

it("every class of a sheet is worn: its own in its area, others somewhere", () => {
  const words = new Map<string, Set<string>>();
  for (const file of files.filter((name) => /\.tsx?$/.test(name) && !name.includes(".test.")))
    for (const of of [area(file), "anywhere"])
      for (const word of said(read(file))) words.set(of, (words.get(of) ?? new Set()).add(word));
  const unused = [...homes].flatMap(([name, areas]) =>
    [...areas]
      .filter((of) => !words.get(own(name, of) && !SHARED.includes(of) ? of : "anywhere")?.has(name.replace(/-\d$/, "-")))
      .map((of) => `${of}: .${name}`),
  );
  expect(unused).toEqual([]);
});
