// Processes that end with the test that started them, also where it fails, is interrupted or takes too long.

import { spawn } from "node:child_process";

/** @type {Set<import("node:child_process").ChildProcess>} */
const running = new Set();

process.on("exit", () => running.forEach((child) => void child.kill()));
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));

/** As node's spawn. @type {typeof spawn} */
export const start = (/** @type {any[]} */ ...words) => {
  const child = spawn(.../** @type {Parameters<typeof spawn>} */ (words));
  running.add(child);
  child.once("exit", () => running.delete(child));
  return /** @type {any} */ (child);
};
