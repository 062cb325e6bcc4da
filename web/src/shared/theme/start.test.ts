import { existsSync, readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { expect, test } from "vitest";

const HERE = import.meta.dirname;
const START = resolve(HERE, "../../app/main.tsx");
const IMPORT = /^(?:import|export)\s(?!type\b)(?:[^;]*?from\s)?"(\.[^"]*)"/gm;

/** The module and all that it loads at once, as paths. */
function loaded(path: string, found = new Set<string>()): Set<string> {
  if (found.has(path)) return found;
  found.add(path);
  for (const [, named = ""] of readFileSync(path, "utf8").matchAll(IMPORT)) {
    const bare = resolve(dirname(path), named);
    const module = [`${bare}.tsx`, `${bare}.ts`, `${bare}/index.ts`].find(existsSync);
    if (module) loaded(module, found);
  }
  return found;
}

test("the classes of all that signing in shows are among its styles", () => {
  const styles = readFileSync(resolve(HERE, "start.css"), "utf8");
  const sources = [...styles.matchAll(/@source "(.*)"/g)].map(([, path = ""]) => path);
  const searched = new Set(sources.map((path) => resolve(HERE, path)));
  const shown = [...loaded(START)].filter(
    (path) => path.endsWith(".tsx") && readFileSync(path, "utf8").includes("className"),
  );
  expect(shown.length).toBeGreaterThan(10);
  expect([...searched].sort()).toEqual(shown.sort());
});
