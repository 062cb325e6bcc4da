import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ApiError } from "../../shared/api/client";
import type { Note } from "../../shared/api/schema";
import { type Draft, type DraftStore, LONGEST_MS, NoteKeeper, PAUSE_MS, RETRY_MS } from "./keeper";

/** A server with one note, which two tabs write. */
class Server {
  note: Note = { room_id: "r", text: "", version: 0, updated_at: null };
  /** What it answers instead of taking a text. */
  refusal: ApiError | null = null;
  losesAnswers = false;
  /** Its answers come when the test says so. */
  holds = false;
  asked = 0;
  #held: (() => void)[] = [];

  async read(): Promise<Note> {
    if (this.refusal) throw this.refusal;
    return this.note;
  }

  async write(text: string, version: number): Promise<Note> {
    this.asked++;
    if (this.refusal) throw this.refusal;
    if (version !== this.note.version) throw new ApiError(409, "note_changed");
    this.note = { room_id: "r", text, version: version + 1, updated_at: "2026-03-02T09:00:00Z" };
    const { note } = this;
    if (this.holds) await new Promise<void>((answer) => this.#held.push(answer));
    if (this.losesAnswers) throw AWAY;
    return note;
  }

  async erase(): Promise<void> {
    if (this.refusal) throw this.refusal;
    if (this.note.version === 0) throw new ApiError(404, "unknown_note");
    this.note = { room_id: "r", text: "", version: 0, updated_at: null };
  }

  answer(): void {
    this.#held.shift()?.();
  }
}

const AWAY = new ApiError(0, "network");

class Drafts implements DraftStore {
  draft: Draft | null = null;
  get = () => this.draft;
  put = (draft: Draft) => {
    this.draft = draft;
  };
  remove = () => {
    this.draft = null;
  };
}

async function opened(server: Server, drafts = new Drafts()) {
  const keeper = new NoteKeeper(server, drafts, () => 1);
  await keeper.load();
  return { keeper, drafts };
}

const pause = (milliseconds = PAUSE_MS) => vi.advanceTimersByTimeAsync(milliseconds);

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("what is typed is saved once the typing pauses, and no draft is left", async () => {
  const server = new Server();
  const { keeper, drafts } = await opened(server);
  keeper.edit("Slept");
  await pause(PAUSE_MS - 1);
  keeper.edit("Slept badly.");
  expect(drafts.draft).toEqual({ text: "Slept badly.", version: 0, sent: null });
  expect(server.note.version).toBe(0);
  await pause();
  expect(server.note).toMatchObject({ text: "Slept badly.", version: 1 });
  expect(keeper.snapshot()).toMatchObject({ saving: "saved", theirs: null });
  expect(drafts.draft).toBeNull();
});

test("a tab that crashed loses nothing: the next one takes up its draft", async () => {
  const server = new Server();
  const { keeper, drafts } = await opened(server);
  keeper.edit("Not sent yet");
  const next = await opened(server, drafts);
  expect(next.keeper.snapshot()).toMatchObject({ text: "Not sent yet", saving: "waiting" });
  await pause();
  expect(server.note.text).toBe("Not sent yet");
});

test("of two tabs the second sees both texts, and what is chosen stands", async () => {
  const server = new Server();
  const [one, two] = [await opened(server), await opened(server)];
  one.keeper.edit("One");
  await pause();
  two.keeper.edit("Two");
  await pause();
  expect(two.keeper.snapshot()).toMatchObject({ text: "Two", theirs: "One" });
  expect(two.drafts.draft?.text).toBe("Two");
  two.keeper.resolve("One\n\nTwo");
  await pause();
  expect(server.note).toMatchObject({ text: "One\n\nTwo", version: 2 });
  expect(two.keeper.snapshot()).toMatchObject({ saving: "saved", theirs: null });
});

test("a draft from before another window wrote is shown beside what that wrote", async () => {
  const server = new Server();
  const drafts = new Drafts();
  drafts.put({ text: "Mine", version: 0, sent: null });
  server.note = { room_id: "r", text: "Theirs", version: 3, updated_at: null };
  const { keeper } = await opened(server, drafts);
  expect(keeper.snapshot()).toMatchObject({ text: "Mine", theirs: "Theirs" });
});

test("an answer that got lost is no conflict", async () => {
  const server = new Server();
  const { keeper, drafts } = await opened(server);
  server.losesAnswers = true;
  keeper.edit("Once");
  await pause();
  expect(keeper.snapshot().saving).toBe("failed");
  server.losesAnswers = false;
  await pause(RETRY_MS);
  expect(keeper.snapshot()).toMatchObject({ saving: "saved", theirs: null });
  expect(server.note.version).toBe(1);
  expect(drafts.draft).toBeNull();
});

test("what is typed while a text is on its way follows it, and is no conflict", async () => {
  const server = new Server();
  const { keeper, drafts } = await opened(server);
  server.holds = true;
  keeper.edit("A");
  await pause();
  keeper.edit("AB");
  keeper.flush();
  await pause();
  expect(server.asked).toBe(1);
  server.holds = false;
  server.answer();
  await pause();
  expect(server.note).toMatchObject({ text: "AB", version: 2 });
  expect(keeper.snapshot()).toMatchObject({ text: "AB", saving: "saved", theirs: null });
  expect(drafts.draft).toBeNull();
});

test("nor is a text whose answer got lost before more was typed, here or after a reload", async () => {
  const server = new Server();
  const { keeper, drafts } = await opened(server);
  server.losesAnswers = true;
  keeper.edit("A");
  await pause();
  keeper.edit("AB");
  const reloaded = await opened(server, Object.assign(new Drafts(), drafts));
  expect(reloaded.keeper.snapshot()).toMatchObject({ text: "AB", theirs: null });
  reloaded.keeper.close();
  server.losesAnswers = false;
  await pause();
  await pause();
  expect(keeper.snapshot()).toMatchObject({ text: "AB", saving: "saved", theirs: null });
  expect(server.note.text).toBe("AB");
});

test("retries become rare", async () => {
  const server = new Server();
  const { keeper } = await opened(server);
  server.refusal = AWAY;
  keeper.edit("A");
  await pause();
  const tries = [];
  for (const wait of [RETRY_MS, 2 * RETRY_MS, 4 * RETRY_MS]) {
    await pause(wait - 1);
    tries.push(server.asked);
    await pause(1);
  }
  expect(tries).toEqual([1, 2, 3]);
  await pause(20 * LONGEST_MS);
  expect(server.asked).toBeLessThan(26);
  server.refusal = null;
  await pause(LONGEST_MS);
  expect(keeper.snapshot().saving).toBe("saved");
});

test("who asks too often waits as long as the server says", async () => {
  const server = new Server();
  const { keeper } = await opened(server);
  server.refusal = new ApiError(429, "too_many_requests", { parameters: { seconds: 30 } });
  keeper.edit("A");
  await pause();
  server.refusal = null;
  await pause(29_999);
  expect(keeper.snapshot().saving).toBe("failed");
  await pause(1);
  expect(keeper.snapshot().saving).toBe("saved");
});

test("what is refused for good is not sent again before somebody asks for it", async () => {
  const server = new Server();
  const { keeper, drafts } = await opened(server);
  server.refusal = new ApiError(404, "unknown_room");
  keeper.edit("A");
  await pause();
  await pause(LONGEST_MS);
  expect(server.asked).toBe(1);
  expect(keeper.snapshot()).toMatchObject({ saving: "refused", error: server.refusal });
  expect(drafts.draft?.text).toBe("A");
  server.refusal = null;
  keeper.retry();
  await pause(0);
  expect(keeper.snapshot().saving).toBe("saved");
});

test("a server that is away gets it later, and what was typed meanwhile", async () => {
  const server = new Server();
  const { keeper, drafts } = await opened(server);
  server.refusal = AWAY;
  keeper.edit("A");
  await pause();
  expect(keeper.snapshot().saving).toBe("failed");
  keeper.edit("AB");
  expect(drafts.draft?.text).toBe("AB");
  server.refusal = null;
  await pause();
  expect(server.note.text).toBe("AB");
});

test("a note that cannot be read says so, and can be asked for again", async () => {
  const server = new Server();
  server.refusal = AWAY;
  const { keeper } = await opened(server);
  expect(keeper.snapshot().phase).toBe("failed");
  server.refusal = null;
  await keeper.load();
  expect(keeper.snapshot().phase).toBe("ready");
});

test("what is erased stays so, with what was still on its way to the server", async () => {
  const server = new Server();
  const { keeper, drafts } = await opened(server);
  keeper.edit("Dreams");
  server.holds = true;
  await pause();
  const erased = keeper.erase();
  keeper.edit("Dreams of");
  server.holds = false;
  server.answer();
  await erased;
  await pause(LONGEST_MS);
  expect(server.note).toMatchObject({ text: "", version: 0 });
  expect(drafts.draft).toBeNull();
  expect(keeper.snapshot()).toMatchObject({ phase: "ready", text: "", erased: true });
  keeper.edit("Anew");
  await pause();
  expect(server.note).toMatchObject({ text: "Anew", version: 1 });
  expect(keeper.snapshot()).toMatchObject({ saving: "saved", erased: false });
});

test("what is not saved yet can be erased, and stays where it cannot", async () => {
  const server = new Server();
  const { keeper, drafts } = await opened(server);
  keeper.edit("Dreams");
  await keeper.erase();
  expect(drafts.draft).toBeNull();
  keeper.edit("Dreams");
  server.refusal = AWAY;
  await expect(keeper.erase()).rejects.toBe(AWAY);
  expect(keeper.snapshot()).toMatchObject({ text: "Dreams", erased: false });
  server.refusal = null;
  await pause();
  expect(server.note.text).toBe("Dreams");
});
