import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const SOURCES = new URL("../../", import.meta.url);

/** What a host's own code and its logs may have; no page shows it. */
const FOR_PROGRAMMERS = [
  "shared/api/client.ts",
  "features/call/core/webrtc.ts",
  "features/call/useCall.ts",
];

/** The sentences of problem documents, and of the errors that are made of them. */
const SENTENCE = /\b(problem|refusal|error|reason|cause)\??\.(detail|title|message)\b/;

test("no page shows the server's English: it has codes, and words of its own for them", () => {
  const found = readdirSync(SOURCES, { recursive: true, encoding: "utf8" })
    .filter((path) => /\.tsx?$/.test(path) && !/\.test\.ts$|schema\.d\.ts$/.test(path))
    .filter((path) => SENTENCE.test(readFileSync(new URL(path, SOURCES), "utf8")));
  expect(found.sort()).toEqual([...FOR_PROGRAMMERS].sort());
});
