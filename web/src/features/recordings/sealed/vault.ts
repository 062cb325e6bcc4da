/**
 * The worker that has the private key, out of reach of everything else in the page. When it ends,
 * the key is gone.
 */

import type { Bytes } from "./opening/bytes";
import { readKeyFile } from "./opening/keyfile";
import { PrivateKey } from "./opening/privatekey";
import { type Opened, openRecording } from "./opening/recording";
import { StoredFile, tailOf } from "./opening/storedfile";
import { Refused, Trouble } from "./opening/trouble";
import { stretchOf } from "./range";
import type { Ask, Failure, RangeAnswer, RangeAsked, Replies, Told } from "./wire";

type Message = (Ask & { readonly call: number }) | RangeAsked;

const tell = (told: Told) => postMessage(told);
/** The one recording that is open; those before it are closed. */
let open: { readonly id: string; readonly opened: Opened } | null = null;
let key: PrivateKey | null = null;

addEventListener("message", ({ data, ports: [port] }: MessageEvent<Message>) => {
  if ("ask" in data) void reply(data);
  else if (port) void carry(data, port);
});

async function reply(message: Ask & { readonly call: number }): Promise<void> {
  const { call } = message;
  try {
    tell({ told: "reply", call, reply: await answerTo(message) });
  } catch (error) {
    tell({ told: "failure", call, failure: failureOf(error) });
  }
}

async function answerTo(message: Ask): Promise<Replies[keyof Replies]> {
  if (message.ask === "key") {
    key = await PrivateKey.open(await readKeyFile(message.file), message.passphrase);
    return key.keyId;
  }
  if (key === null) throw new Trouble("not_a_key");
  const { sealed } = message;
  const files = { of: (url: string) => new StoredFile(url), tail: tailOf };
  const opened = await openRecording(key, sealed, files, (partId, done, of) =>
    tell({ told: "progress", partId, done, of }),
  );
  open = { id: sealed.recording_id, opened };
  return { isAuthentic: opened.isAuthentic, parts: opened.parts };
}

async function carry(asked: RangeAsked, port: MessagePort): Promise<void> {
  const { recordingId, partId } = asked;
  try {
    const answer = await rangeOf(asked);
    port.postMessage(answer, answer.status === 206 ? [answer.octets] : []);
  } catch (error) {
    tell({ told: "broken", recordingId, partId, failure: failureOf(error) });
    port.postMessage({ status: 502 } satisfies RangeAnswer);
  }
}

async function rangeOf({ recordingId, partId, range }: RangeAsked): Promise<RangeAnswer> {
  const opened = open?.id === recordingId ? open.opened : null;
  const playable = opened?.playable.get(partId);
  const mediaType = opened?.parts.find(({ part_id }) => part_id === partId)?.row?.media_type;
  if (!playable || !mediaType) return { status: 404 };
  const stretch = stretchOf(range, playable.size);
  if (stretch === null) return { status: 416 };
  const octets: Bytes = await playable.read(stretch.begin, stretch.end);
  return {
    status: 206,
    first: stretch.begin,
    size: playable.size,
    mediaType,
    octets: octets.buffer,
  };
}

function failureOf(error: unknown): Failure {
  if (error instanceof Trouble) return { trouble: error.code };
  if (error instanceof Refused) return { status: error.status, problem: error.problem };
  throw error;
}
