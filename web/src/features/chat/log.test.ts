import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { ChatEntry } from "../../shared/api/schema";
import type { ClientMessage, ServerMessage } from "../../shared/api/signaling/client";
import { ANSWER_MS, ChatLog } from "./log";
import type { ChatStore } from "./store";

const ROOM = "room";

function entry(number: number, author = "other", clientId = `client-${number}`): ChatEntry {
  return {
    number,
    client_id: clientId,
    author_id: author,
    author_name: author,
    text: `text ${number}`,
    file: null,
    sent_at: "2026-03-02T09:00:00Z",
  };
}

const files = { most_bytes: 100, types: [] };

/** Where messages are, and nothing else. */
const storing = (history: ChatStore["history"]): ChatStore => ({
  history,
  send: () => Promise.reject(new Error()),
  fetch: () => Promise.reject(new Error()),
});

/** A socket whose other end is the test's. */
class Wire {
  up = true;
  sent: ClientMessage[] = [];
  #listener: (message: ServerMessage) => void = () => undefined;

  send = (message: ClientMessage) => {
    if (this.up) this.sent.push(message);
    return this.up;
  };
  onMessage = (listener: (message: ServerMessage) => void) => {
    this.#listener = listener;
    return () => undefined;
  };
  hear = (message: object) => this.#listener(message as ServerMessage);
  tell = (message: ChatEntry) => this.hear({ type: "chat_message", room_id: ROOM, message });
}

async function opened(kept: ChatEntry[] = []) {
  const wire = new Wire();
  let ids = 0;
  const log = new ChatLog({
    roomId: ROOM,
    userId: "me",
    wire,
    store: storing(async (after) => ({
      messages: kept.filter(({ number }) => number > after).slice(0, 2),
      more: kept.filter(({ number }) => number > after).length > 2,
      files,
    })),
    newId: () => `own-${++ids}`,
  });
  log.open();
  await vi.advanceTimersByTimeAsync(0);
  return { wire, log, kept };
}

const numbers = (log: ChatLog) => log.snapshot().entries.map(({ number }) => number);

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("all pages of what was written are fetched, and count as unread until looked at", async () => {
  const { log } = await opened([entry(1), entry(2, "me"), entry(3), entry(4), entry(5)]);
  expect(numbers(log)).toEqual([1, 2, 3, 4, 5]);
  expect(log.snapshot()).toMatchObject({ unread: 4, loading: false, error: null });
  log.look(true);
  expect(log.snapshot().unread).toBe(0);
});

test("what is sent is pending until the server has it, and then there once", async () => {
  const { log, wire } = await opened();
  log.send("Hello");
  expect(wire.sent).toEqual([
    { type: "chat_send", room_id: ROOM, client_id: "own-1", text: "Hello" },
  ]);
  expect(log.snapshot().pending).toMatchObject([{ clientId: "own-1", state: "sending" }]);
  wire.tell(entry(1, "me", "own-1"));
  wire.tell(entry(1, "me", "own-1"));
  expect(log.snapshot().pending).toEqual([]);
  expect(numbers(log)).toEqual([1]);
  expect(log.snapshot().unread).toBe(0);
});

test("without a connection it waits, and is sent once the call is joined again", async () => {
  const { log, wire, kept } = await opened();
  wire.up = false;
  log.send("Hello");
  expect(log.snapshot().pending).toMatchObject([{ state: "waiting" }]);
  kept.push(entry(1), entry(2));
  wire.up = true;
  wire.hear({ type: "call_joined", room_id: ROOM });
  await vi.advanceTimersByTimeAsync(0);
  expect(numbers(log)).toEqual([1, 2]);
  expect(wire.sent).toMatchObject([{ client_id: "own-1" }]);
});

test("what nobody answers is sent again under the same id", async () => {
  const { log, wire } = await opened();
  log.send("Hello");
  await vi.advanceTimersByTimeAsync(ANSWER_MS);
  expect(wire.sent).toHaveLength(2);
  expect(wire.sent[0]).toEqual(wire.sent[1]);
});

test("a gap is fetched, and the order stays the server's", async () => {
  const { log, wire, kept } = await opened();
  kept.push(entry(1), entry(2), entry(3));
  wire.tell(entry(3));
  await vi.advanceTimersByTimeAsync(0);
  expect(numbers(log).at(-1)).toBe(3);
  expect(numbers(log)).toEqual([1, 2, 3]);
});

test("what comes while earlier messages are fetched is not lost", async () => {
  const wire = new Wire();
  const kept = [entry(1), entry(2)];
  const answers: (() => void)[] = [];
  const log = new ChatLog({
    roomId: ROOM,
    userId: "me",
    wire,
    store: storing((after) => {
      const messages = kept.filter(({ number }) => number > after);
      return new Promise((answer) => answers.push(() => answer({ messages, more: false, files })));
    }),
  });
  log.open();
  kept.push(entry(3));
  wire.tell(entry(3)); // too new to be the next one of an empty page
  answers[0]?.();
  await vi.advanceTimersByTimeAsync(0);
  expect(log.snapshot()).toMatchObject({ loading: true });
  answers[1]?.();
  await vi.advanceTimersByTimeAsync(0);
  expect(numbers(log)).toEqual([1, 2, 3]);
  expect(answers).toHaveLength(2);
  expect(log.snapshot()).toMatchObject({ loading: false, error: null });
});

test("what cannot be fetched says so, and is asked for again", async () => {
  const kept = [entry(1)];
  let away = true;
  const log = new ChatLog({
    roomId: ROOM,
    userId: "me",
    wire: new Wire(),
    store: storing(async () => {
      if (away) throw new Error("away");
      return { messages: kept, more: false, files };
    }),
  });
  await log.fetch();
  expect(log.snapshot()).toMatchObject({ loading: false, error: new Error("away") });
  away = false;
  await log.fetch();
  expect(log.snapshot()).toMatchObject({ loading: false, error: null });
  expect(numbers(log)).toEqual([1]);
});

test("a refusal says why, and can be tried again; too many wait by themselves", async () => {
  const { log, wire } = await opened();
  const refuse = (code: string, parameters = {}) =>
    wire.hear({ type: "error", code, reason: null, client_id: "own-1", parameters });
  log.send("Hello");
  refuse("too_many_requests", { seconds: 3 });
  expect(log.snapshot().pending).toMatchObject([{ state: "waiting" }]);
  await vi.advanceTimersByTimeAsync(3000);
  expect(wire.sent).toHaveLength(2);
  refuse("call_over");
  expect(log.snapshot().pending).toMatchObject([
    { state: "failed", refusal: { code: "call_over" } },
  ]);
  await vi.advanceTimersByTimeAsync(ANSWER_MS);
  expect(wire.sent).toHaveLength(2);
  log.retry("own-1");
  expect(wire.sent).toHaveLength(3);
});

test("what is erased is gone at once, here and for whoever comes later", async () => {
  const { log, wire } = await opened([entry(1)]);
  log.send("Half sent");
  wire.hear({ type: "chat_erased", room_id: ROOM });
  expect(log.snapshot()).toMatchObject({ entries: [], pending: [], unread: 0, erased: true });
  const later = new ChatLog({
    roomId: ROOM,
    userId: "me",
    wire: new Wire(),
    store: storing(async () => {
      throw Object.assign(new Error(), { code: "clinical_text_erased" });
    }),
  });
  await later.fetch();
  expect(later.snapshot()).toMatchObject({ erased: true, error: null, loading: false });
});

test("one that the database did not answer is sent again by itself", async () => {
  const { log, wire } = await opened();
  log.send("Hello");
  const code = "database_unavailable";
  wire.hear({ type: "error", code, reason: null, client_id: "own-1", parameters: {} });
  expect(log.snapshot().pending).toMatchObject([{ state: "waiting", refusal: null }]);
  await vi.advanceTimersByTimeAsync(ANSWER_MS);
  expect(wire.sent).toHaveLength(2);
  expect(wire.sent[0]).toEqual(wire.sent[1]);
});

test("a file that is erased stays in its place without a name", async () => {
  const name = "finding.pdf";
  const file = { file_id: "f", name, media_type: "application/pdf", size_bytes: 7, erased: false };
  const { log, wire } = await opened([entry(1), { ...entry(2), file }]);
  wire.hear({ type: "chat_file_erased", room_id: ROOM, file_id: "f" });
  expect(numbers(log)).toEqual([1, 2]);
  expect(log.snapshot().entries[1]?.file).toMatchObject({ name: null, erased: true });
  expect(log.snapshot().takes).toEqual(files);
});

test("an answer that was on its way brings nothing back that is erased by then", async () => {
  const wire = new Wire();
  const name = "finding.pdf";
  const file = { file_id: "f", name, media_type: "application/pdf", size_bytes: 7, erased: false };
  const answers: (() => void)[] = [];
  const log = new ChatLog({
    roomId: ROOM,
    userId: "me",
    wire,
    store: storing((after) => {
      const message = { ...entry(after + 1), file };
      const answer = { messages: [message], more: true, files };
      return new Promise((resolve) => answers.push(() => resolve(answer)));
    }),
  });
  log.open();
  wire.hear({ type: "chat_file_erased", room_id: ROOM, file_id: "f" });
  answers[0]?.();
  await vi.advanceTimersByTimeAsync(0);
  expect(log.snapshot().entries[0]?.file).toMatchObject({ name: null, erased: true });
  wire.hear({ type: "chat_erased", room_id: ROOM });
  answers[1]?.();
  await vi.advanceTimersByTimeAsync(0);
  expect(log.snapshot()).toMatchObject({ entries: [], unread: 0, erased: true, loading: false });
  expect(answers).toHaveLength(2);
});
