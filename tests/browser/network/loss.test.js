// A call between Chromium and Firefox goes on where the network of one of them loses a packet in
// ten, both ways: what is lost is asked for and sent again, so nearly every frame is decoded, and
// sound goes out twice. `make bench-browsers` measures the same for longer.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";

import { enter, inside, unavailable } from "../support/network.js";
import { button } from "../support/people.js";
import { between, received } from "../support/reception.js";
import { TwoCables } from "../support/twocables.js";

/** @typedef {import("../support/twocables.js").Way} Way */

const LOSS = 0.1;
// For the figures below to mean something.
const ENOUGH = { frames: 200, samples: 8 * 48_000, nacks: 40, sound: 200 };
const TIMEOUT_MS = 45_000;

if (!inside) {
  test("a network that loses packets", { skip: unavailable() ?? false }, async () => {
    assert.equal(await enter(fileURLToPath(import.meta.url)), 0);
  });
} else {
  describe("a call on a network that loses one packet in ten", () => {
    /** @type {TwoCables} */ let call;
    before(async () => {
      call = await TwoCables.open();
      await call.begin();
    });
    after(() => call?.close());

    for (const name of /** @type {const} */ (["Chromium", "Firefox"]))
      test(`of ${name} shows and sounds well on both sides`, async () => {
        call.lose(name, LOSS);
        const { to, from } = await until(
          await call.measure(name),
          ({ to, from }) => enough(to) && enough(from),
        );
        goesWell(to, `to ${name}`);
        goesWell(from, `from ${name}`);
        const { lost, packets, resent } = from.counted;
        isAsSet(to.counted.lost / to.counted.packets, `to ${name}`);
        isAsSet(lost / (packets - resent + lost), `from ${name}`);
        await soundGoesTwice(call, name);
        if (name === "Chromium")
          assert.ok(
            (to.received.retransmissions ?? 0) >= 20,
            "Chromium counts what it was sent again",
          );
      });
  });
}

/** @param {Way} way */
function enough({ received, counted }) {
  return (
    received.frames >= ENOUGH.frames &&
    received.samples >= ENOUGH.samples &&
    counted.nacks >= ENOUGH.nacks
  );
}

/** Whatever happens to single packets by chance. @param {Way} way @param {string} which */
function goesWell({ received, encoded, counted }, which) {
  // Without repair hardly any frame could be decoded: it takes several packets, and each refers to
  // the one before.
  assert.ok(
    received.frames >= 0.7 * encoded,
    `${which}: ${received.frames} frames decoded of ${encoded}`,
  );
  assert.ok(received.still < 5, `${which}: the picture stood still for ${received.still} s`);
  const concealed = received.concealed / received.samples;
  assert.ok(concealed < 3 * LOSS, `${which}: ${concealed} of the sound is made up`);
  assert.ok(
    counted.resent >= counted.nacks / 4,
    `${which}: ${counted.resent} packets sent again, ${counted.nacks} asked for`,
  );
}

/**
 * Silence is so little that the server sends it twice even on a path that it takes for congested,
 * as where a busy machine starves the browser. What is missing the browser knows at once, and the
 * server only by its next report.
 * @param {TwoCables} call
 * @param {"Chromium" | "Firefox"} name
 */
async function soundGoesTwice(call, name) {
  const [own, other] = [call.sides[name].page, call.other(name).page];
  await button(other, "Mute").click();
  const muted = await call.soundTo(name);
  const sent = await until(
    () => call.soundTo(name),
    ({ resent }) => resent > muted.resent,
  );
  const heard = await received(own);
  const sentSince = async () => between(sent, await call.soundTo(name));
  const { packets, resent } = await until(sentSince, ({ packets }) => packets >= ENOUGH.sound);
  const { sounds, missing } = between(heard, await received(own));
  await button(other, "Unmute").click();
  assert.ok(resent > 0.9 * packets, `to ${name}: ${resent} of ${packets} went out twice`);
  assert.ok(missing < (LOSS / 2) * sounds, `to ${name}: ${missing} are missing beside ${sounds}`);
}

/** @param {number} loss as the server counts it @param {string} which */
function isAsSet(loss, which) {
  assert.ok(
    loss > 0.4 * LOSS && loss < 1.8 * LOSS,
    `${which}: the server counts a loss of ${loss}`,
  );
}

/** @template T @param {() => Promise<T>} measure @param {(measured: T) => boolean} condition */
async function until(measure, condition) {
  for (const end = Date.now() + TIMEOUT_MS; ; ) {
    const measured = await measure();
    if (condition(measured)) return measured;
    if (Date.now() > end) throw new Error(`not enough came: ${JSON.stringify(measured)}`);
    await new Promise((next) => setTimeout(next, 250));
  }
}
