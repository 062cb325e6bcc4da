import { expect, test, vi } from "vitest";
import { ApiError } from "../../shared/api/client";
import type { ChatEntry } from "../../shared/api/schema";
import { FileSender } from "./sender";
import type { FileSending } from "./store";

const file = (name: string) => new File(["%PDF"], name);
const settle = () => new Promise((next) => setTimeout(next));

/** A server whose answers come when the test says so. */
function opened() {
  const asked: { name: string; sending: FileSending; answer: (entry?: unknown) => void }[] = [];
  const sent: unknown[] = [];
  const send = (given: File, sending: FileSending) =>
    new Promise<ChatEntry>((resolve, reject) => {
      sending.signal.addEventListener("abort", () => reject(new DOMException("", "AbortError")));
      const answer = (entry?: unknown) =>
        entry instanceof Error ? reject(entry) : resolve(entry as ChatEntry);
      asked.push({ name: given.name, sending, answer });
    });
  let ids = 0;
  const sender = new FileSender(
    send,
    (entry) => sent.push(entry),
    () => `file-${++ids}`,
  );
  return { asked, sent, sender };
}

test("files go one after the other, each with its progress", async () => {
  const { asked, sent, sender } = opened();
  const heard = vi.fn();
  sender.subscribe(heard);
  sender.send([file("a.pdf"), file("b.pdf")]);
  expect(asked.map(({ name }) => name)).toEqual(["a.pdf"]);
  asked[0]?.sending.onProgress(0.5);
  expect(sender.snapshot()).toMatchObject([
    { state: "sending", share: 0.5 },
    { state: "waiting", share: 0 },
  ]);
  asked[0]?.answer("first");
  await settle();
  expect(asked.map(({ name }) => name)).toEqual(["a.pdf", "b.pdf"]);
  expect(sent).toEqual(["first"]);
  expect(heard).toHaveBeenCalled();
});

test("one that fails says why, keeps no other from going, and is tried under its id", async () => {
  const { asked, sent, sender } = opened();
  sender.send([file("a.pdf"), file("b.pdf")]);
  const error = new ApiError(413, "file_too_large");
  asked[0]?.answer(error);
  await settle();
  expect(sender.snapshot()).toMatchObject([{ state: "failed", error }, { state: "sending" }]);
  asked[1]?.answer("second");
  await settle();
  sender.retry("file-1");
  expect(asked.map(({ sending }) => sending.clientId)).toEqual(["file-1", "file-2", "file-1"]);
  asked[2]?.answer("first");
  await settle();
  expect(sent).toEqual(["second", "first"]);
  expect(sender.snapshot()).toEqual([]);
});

test("one that is given up is on its way no more, and the next one goes", async () => {
  const { asked, sent, sender } = opened();
  sender.send([file("a.pdf"), file("b.pdf")]);
  sender.cancel("file-1");
  await settle();
  expect(asked[0]?.sending.signal.aborted).toBe(true);
  expect(asked.map(({ name }) => name)).toEqual(["a.pdf", "b.pdf"]);
  sender.close();
  await settle();
  expect(sender.snapshot()).toEqual([]);
  expect(sent).toEqual([]);
});
