// Folders of texts that people agree to before a recording.

import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A new folder with these texts. @param {Record<string, string>} texts by language */
export async function textsFolder(texts) {
  const folder = await mkdtemp(join(tmpdir(), "carelay-texts-"));
  await writeTexts(folder, "1", texts);
  return folder;
}

/** @param {string} folder @param {string} version @param {Record<string, string>} texts */
export async function writeTexts(folder, version, texts) {
  for (const [language, text] of Object.entries(texts))
    await writeFile(
      join(folder, `${language}.txt`),
      `id: recording\nversion: ${version}\n\n${text}\n`,
    );
}
