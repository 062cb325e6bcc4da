import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { session } from "../../../shared/api/client";
import { close, hold, IDLE_MINUTES, openKey } from "./keyring";
import type { OpenKey } from "./openkey";

/** What a key is told; nothing of a worker is needed. */
function key() {
  const carry = vi.fn();
  const closed = vi.fn();
  return { key: { carry, close: closed } as unknown as OpenKey, carry, closed };
}

let page: EventTarget;
let workers: EventTarget;
let videos: { paused: boolean }[];
const MINUTE = 60_000;

beforeEach(() => {
  vi.useFakeTimers();
  [page, workers, videos] = [new EventTarget(), new EventTarget(), []];
  vi.stubGlobal("addEventListener", page.addEventListener.bind(page));
  vi.stubGlobal("removeEventListener", page.removeEventListener.bind(page));
  vi.stubGlobal("navigator", { serviceWorker: workers });
  vi.stubGlobal("document", { querySelectorAll: () => videos });
});
afterEach(() => {
  close("asked");
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("a key that nobody uses is closed after a while, and one that is used is not", () => {
  const { key: one, closed } = key();
  hold(one);
  vi.advanceTimersByTime((IDLE_MINUTES - 1) * MINUTE);
  page.dispatchEvent(new Event("keydown"));
  vi.advanceTimersByTime((IDLE_MINUTES - 1) * MINUTE);
  expect(openKey()).toBe(one);
  vi.advanceTimersByTime(2 * MINUTE);
  expect(openKey()).toBeNull();
  expect(closed).toHaveBeenCalledOnce();
});

test("whoever watches uses it", () => {
  hold(key().key);
  videos = [{ paused: false }];
  vi.advanceTimersByTime(5 * IDLE_MINUTES * MINUTE);
  expect(openKey()).not.toBeNull();
  videos = [{ paused: true }];
  vi.advanceTimersByTime((IDLE_MINUTES + 1) * MINUTE);
  expect(openKey()).toBeNull();
});

test.each([
  ["the page is left", () => page.dispatchEvent(new Event("pagehide"))],
  ["nobody is signed in any more", () => session.dispatchEvent(new Event("ended"))],
])("it is closed when %s", (_, happens) => {
  const { key: one, closed } = key();
  hold(one);
  happens();
  expect(openKey()).toBeNull();
  expect(closed).toHaveBeenCalledOnce();
});

test("another key takes its place", () => {
  const [first, second] = [key(), key()];
  hold(first.key);
  hold(second.key);
  expect(first.closed).toHaveBeenCalledOnce();
  expect(openKey()).toBe(second.key);
});

test("a player without a key gets nothing", async () => {
  const { key: one, carry } = key();
  hold(one);
  const asked = { recordingId: "a", partId: "b", range: null };
  const ask = () => {
    const { port1, port2 } = new MessageChannel();
    workers.dispatchEvent(Object.assign(new Event("message"), { data: asked, ports: [port2] }));
    return port1;
  };
  ask().close();
  expect(carry).toHaveBeenCalledOnce();
  close("asked");
  const port = ask();
  const answer = new Promise((resolve) => {
    port.onmessage = ({ data }) => resolve(data);
  });
  expect(await answer).toEqual({ status: 404 });
  port.close();
  expect(carry).toHaveBeenCalledOnce();
});
