// The server of a test ends with it, however the test ends.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";

const START = `
  import { Server } from "${new URL("./support/server.js", import.meta.url)}";
  const server = await Server.start();
  console.log(server.url);
`;

for (const [how, more] of [
  ["throws", "throw new Error('failed');"],
  ["is stopped", "setInterval(() => {}, 1000);"],
])
  test(`a server is gone once its test ${how}`, async () => {
    const child = spawn(process.execPath, ["--input-type=module", "--eval", START + more], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    const [url] = await once(child.stdout.setEncoding("utf8"), "data");
    if (how === "is stopped") child.kill("SIGTERM");
    await once(child, "exit");
    await refused(url.trim());
  });

/** Waits until nobody listens there any more. @param {string} url */
async function refused(url) {
  while (
    await fetch(url).then(
      () => true,
      () => false,
    )
  )
    await new Promise((next) => setTimeout(next, 50));
}
