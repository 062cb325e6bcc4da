// Whether the other side is heard: the energy of what a page plays, as a muted microphone goes on
// sending silence.

/** @typedef {import("puppeteer-core").Page} Page */

/** Longer than the pause between two beeps of Chromium's fake microphone. */
const WINDOW_MS = 1_500;

/**
 * Waits until the other side's sound is heard. Needs `observe` of reception.js.
 * @param {Page} page
 */
export async function hears(page) {
  await page.evaluate(listen, true, WINDOW_MS);
}

/** Waits until nothing has been heard for a while. @param {Page} page */
export async function hearsNothing(page) {
  await page.evaluate(listen, false, WINDOW_MS);
}

/** Runs in the page. @param {boolean} wanted @param {number} windowMs */
async function listen(wanted, windowMs) {
  const { connections } = /** @type {{connections: RTCPeerConnection[]}} */ (
    /** @type {unknown} */ (window)
  );
  const energy = async () => {
    const reports = await Promise.all(connections.map((connection) => connection.getStats()));
    const tracks = reports
      .flatMap((report) => [...report.values()])
      .filter(({ type, kind }) => type === "inbound-rtp" && kind === "audio");
    if (tracks.length === 0) throw new Error("no sound arrives");
    return tracks.reduce((sum, { totalAudioEnergy }) => sum + totalAudioEnergy, 0);
  };
  const found = [];
  for (const end = performance.now() + 30_000; performance.now() < end; ) {
    const before = await energy();
    await new Promise((next) => setTimeout(next, windowMs));
    const heard = (await energy()) - before;
    if (heard > 1e-5 === wanted) return;
    found.push(heard);
  }
  throw new Error(`the sound had the energies ${found}`);
}
