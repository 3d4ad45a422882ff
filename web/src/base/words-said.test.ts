// No screen keeps words that it does not say. Tables that are read by a name of the API's (`states()[one.state]`) are left alone.
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "..");
const texts = new Map(
  readdirSync(ROOT, { recursive: true, encoding: "utf-8" })
    .filter((name) => /\.tsx?$/.test(name) && !name.includes(".test."))
    .map((name) => [name, readFileSync(join(ROOT, name), "utf-8")]),
);

/** The names under which other files know what `file` exports as `name`: `[file, name there]`. */
function* users(file: string, name: string): Generator<[string, string]> {
  yield [file, name];
  const own = file.replace(/(\/index)?\.tsx?$/, "");
  for (const [other, text] of texts)
    for (const [, names = "", from = ""] of text.matchAll(/import \{([^}]*)\} from "([^"]+)"/g)) {
      const target = from.startsWith("~/") ? from.slice(2) : relative(ROOT, join(ROOT, other, "..", from));
      if (target.replace(/\/index$/, "") !== own) continue;
      for (const [, imported, alias] of names.matchAll(/(\w+)(?: as (\w+))?/g))
        if (imported === name) yield [other, alias ?? imported];
    }
}

it("every word is said somewhere", () => {
  const unsaid: string[] = [];
  for (const [file, text] of texts)
    for (const [, name = "", table = ""] of text.matchAll(/const (\w+) = words\(\n {2}\{\n(.*?)\n {2}\}/gs)) {
      const known = [...users(file, name)].map(([other, as]) => ({ text: texts.get(other) ?? "", as }));
      if (known.some((one) => new RegExp(`\\b${one.as}\\(\\)(?!\\.)`).test(one.text))) continue;
      const said = new Set(
        known.flatMap((one) => [...one.text.matchAll(new RegExp(`\\b${one.as}\\(\\)\\.(\\w+)`, "g"))].map((found) => found[1])),
      );
      for (const [, word = ""] of table.matchAll(/^ {4}(\w+):/gm))
        if (!said.has(word)) unsaid.push(`${file}: ${name}().${word}`);
    }
  expect(unsaid).toEqual([]);
});
