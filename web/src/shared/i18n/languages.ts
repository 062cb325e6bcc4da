import type { en } from "./en";
import type { Translation } from "./translate";

/** All words of the pages in one language. */
export type Words = Translation<typeof en>;

type Loader = () => Promise<Words>;

/** By BCP 47 tag, as the files are called: `./languages/pt-BR.ts`. */
export function byTag(files: Readonly<Record<string, Loader>>): Readonly<Record<string, Loader>> {
  const tagOf = (path: string) => path.replace(/^.*\/|\.ts$/g, "");
  return Object.fromEntries(Object.entries(files).map(([path, load]) => [tagOf(path), load]));
}

/**
 * What the pages are written in besides English. A language is one file in `languages/`, named by
 * its tag, with `export default { … } satisfies Words`; whoever reads another one loads none of it.
 * `languages.test.ts` tells what is missing in it.
 */
export const LANGUAGES = byTag(import.meta.glob<Words>("./languages/*.ts", { import: "default" }));
