// Processes that end with the test that started them, also where it fails, is interrupted or takes
// too long.

import { spawn } from "node:child_process";

/** @typedef {import("node:child_process").ChildProcess} ChildProcess */

/** @type {Map<ChildProcess, NodeJS.Signals>} */
const running = new Map();

process.on("exit", () => running.forEach((signal, child) => void child.kill(signal)));
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));

/** As node's spawn. `killSignal` is what ends it with the test. @type {typeof spawn} */
export const start = (/** @type {any[]} */ ...words) => {
  const child = spawn(.../** @type {Parameters<typeof spawn>} */ (words));
  running.set(child, words.at(-1).killSignal ?? "SIGTERM");
  child.once("exit", () => running.delete(child));
  return /** @type {any} */ (child);
};
