/**
 * The chat of one call as a page has it: what was written, in the server's order, and what is still
 * to be sent. No React in it.
 */
import type { ChatEntry, FilesTaken } from "../../shared/api/schema";
import type { ClientMessage, ServerMessage } from "../../shared/api/signaling/client";
import { FileSender } from "./sender";
import type { ChatStore } from "./store";

/** A message of this page that the server has not kept yet. */
export interface Pending {
  clientId: string;
  text: string;
  /** `waiting`: there is no connection; `failed`: the server has refused it. */
  state: "sending" | "waiting" | "failed";
  /** What the server said. */
  refusal: { code: string; reason: string | null } | null;
}

export interface ChatState {
  entries: readonly ChatEntry[];
  pending: readonly Pending[];
  /** Of others, since it was last looked at. */
  unread: number;
  /** For good, and nothing more can be written. */
  erased: boolean;
  /** What can be sent beside words; null: that is not known yet. */
  takes: FilesTaken | null;
  /** Why earlier messages could not be fetched; null: they could. */
  error: unknown;
  loading: boolean;
}

/** What of the page's socket it needs. */
export interface Wire {
  send(message: ClientMessage): boolean;
  onMessage(listener: (message: ServerMessage) => void): () => void;
}

export interface ChatOptions {
  roomId: string;
  userId: string;
  wire: Wire;
  store: ChatStore;
  newId?: () => string;
}

/** What is not answered by then is sent again, which the server tells from a new one. */
export const ANSWER_MS = 8000;

const BEGINNING: ChatState = {
  entries: [],
  pending: [],
  unread: 0,
  erased: false,
  takes: null,
  error: null,
  loading: true,
};

/** The server may have kept the message all the same, and tells by the next attempt. */
const NO_ANSWER: ReadonlySet<string> = new Set(["database_unavailable", "timeout"]);

export class ChatLog {
  readonly store: ChatStore;
  readonly files: FileSender;
  readonly #options: Required<ChatOptions>;
  readonly #listeners = new Set<() => void>();
  #state: ChatState = BEGINNING;
  #seen = false;
  #fetching: Promise<void> | null = null;
  /** Something came of which the answer that is under way may know nothing. */
  #again = false;
  /** An answer that is under way may still bring them as they were. */
  readonly #erasedFiles = new Set<string>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #off: (() => void) | null = null;

  constructor(options: ChatOptions) {
    this.#options = { newId: () => crypto.randomUUID(), ...options };
    this.store = options.store;
    this.files = new FileSender(options.store.send, (entry) => this.#heardOf(entry));
  }

  readonly snapshot = (): ChatState => this.#state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Listens from now on, and fetches what there is. */
  open(): void {
    this.#off ??= this.#options.wire.onMessage((message) => this.#hear(message));
    void this.fetch();
  }

  close(): void {
    this.#off?.();
    this.#off = null;
    clearTimeout(this.#timer);
    this.files.close();
  }

  /** Tells the reader at once; the server tells the others. */
  async erase(erase: () => Promise<void>): Promise<void> {
    await erase();
    this.#becomeErased();
  }

  send(text: string): void {
    const clientId = this.#options.newId();
    this.#become({
      pending: [...this.#state.pending, { clientId, text, state: "waiting", refusal: null }],
    });
    this.#sendPending();
  }

  /** One that the server has refused, once more. */
  retry(clientId: string): void {
    this.#change(clientId, { state: "waiting", refusal: null });
    this.#sendPending();
  }

  /** Whether the reader looks at it. */
  look(seen: boolean): void {
    this.#seen = seen;
    if (seen && this.#state.unread > 0) this.#become({ unread: 0 });
  }

  /** All that came until now, also where an older question is still being answered. */
  fetch(): Promise<void> {
    this.#again = true;
    this.#fetching ??= this.#fetchAll();
    return this.#fetching;
  }

  async #fetchAll(): Promise<void> {
    this.#become({ loading: true });
    let error: unknown = null;
    try {
      while (this.#again) {
        this.#again = false;
        await this.#fetchPages();
      }
    } catch (failure) {
      error = failure;
    }
    this.#fetching = null;
    if (isErased(error)) this.#becomeErased();
    this.#become({ loading: false, error: isErased(error) ? null : error });
  }

  async #fetchPages(): Promise<void> {
    for (let more = true; more; ) {
      const page = await this.store.history(this.#newest);
      this.#become({ takes: page.files });
      this.#add(page.messages);
      more = page.more && !this.#state.erased;
    }
  }

  get #newest(): number {
    return this.#state.entries.at(-1)?.number ?? 0;
  }

  #hear(message: ServerMessage): void {
    switch (message.type) {
      case "chat_message":
        if (message.room_id === this.#options.roomId) this.#heardOf(message.message);
        break;
      case "chat_file_erased":
        if (message.room_id === this.#options.roomId) this.#fileErased(message.file_id);
        break;
      case "chat_erased":
        if (message.room_id === this.#options.roomId) this.#becomeErased();
        break;
      case "call_joined": // also after the connection was lost
        if (message.room_id === this.#options.roomId)
          void this.fetch().then(() => this.#sendPending());
        break;
      case "error":
        if (message.client_id) this.#refused(message.client_id, message);
        break;
    }
  }

  #heardOf(entry: ChatEntry): void {
    // With what is missing before it, so that the order stays the server's.
    if (entry.number > this.#newest + 1) void this.fetch();
    else this.#add([entry]);
  }

  #add(entries: readonly ChatEntry[]): void {
    if (this.#state.erased) return; // it was on its way by then
    const known = new Set(this.#state.entries.map(({ number }) => number));
    const fresh = entries.filter(({ number }) => !known.has(number));
    if (fresh.length === 0) return;
    const { userId } = this.#options;
    const own = new Set(
      fresh.filter(({ author_id }) => author_id === userId).map(({ client_id }) => client_id),
    );
    const ofOthers = fresh.filter(({ author_id }) => author_id !== userId).length;
    this.#become({
      entries: [...this.#state.entries, ...fresh]
        .map((entry) => this.#asErased(entry))
        .sort((a, b) => a.number - b.number),
      pending: this.#state.pending.filter(({ clientId }) => !own.has(clientId)),
      unread: this.#seen ? 0 : this.#state.unread + ofOthers,
    });
  }

  #refused(clientId: string, error: ServerMessage & { type: "error" }): void {
    if (!this.#state.pending.some((one) => one.clientId === clientId)) return;
    const { seconds } = error.parameters ?? {};
    if (error.code === "too_many_requests" && typeof seconds === "number") {
      this.#change(clientId, { state: "waiting" });
      this.#sendIn(seconds * 1000);
      return;
    }
    if (NO_ANSWER.has(error.code)) {
      this.#change(clientId, { state: "waiting" });
      this.#sendIn(ANSWER_MS);
      return;
    }
    const refusal = { code: error.code, reason: error.reason ?? null };
    this.#change(clientId, { state: "failed", refusal });
    if (isErased(error)) this.#becomeErased();
  }

  /** For good. Rejects with the reason why it was not. */
  async eraseFile(fileId: string, erase: () => Promise<void>): Promise<void> {
    await erase();
    this.#fileErased(fileId);
  }

  #fileErased(fileId: string): void {
    this.#erasedFiles.add(fileId);
    this.#become({ entries: this.#state.entries.map((entry) => this.#asErased(entry)) });
  }

  /** A file that is erased has no name any more. */
  #asErased(entry: ChatEntry): ChatEntry {
    const { file } = entry;
    if (!file || file.erased || !this.#erasedFiles.has(file.file_id)) return entry;
    return { ...entry, file: { ...file, name: null, erased: true } };
  }

  #becomeErased(): void {
    clearTimeout(this.#timer);
    this.files.close();
    this.#become({ entries: [], pending: [], unread: 0, erased: true });
  }

  #sendPending(): void {
    let sent = false;
    for (const { clientId, text, state } of this.#state.pending) {
      if (state === "failed") continue;
      const isSent = this.#options.wire.send({
        type: "chat_send",
        room_id: this.#options.roomId,
        client_id: clientId,
        text,
      });
      this.#change(clientId, { state: isSent ? "sending" : "waiting" });
      sent ||= isSent;
    }
    if (sent) this.#sendIn(ANSWER_MS);
  }

  #sendIn(milliseconds: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#sendPending(), milliseconds);
  }

  #change(clientId: string, change: Partial<Pending>): void {
    this.#become({
      pending: this.#state.pending.map((one) =>
        one.clientId === clientId ? { ...one, ...change } : one,
      ),
    });
  }

  #become(change: Partial<ChatState>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener();
  }
}

/** Whether that is what the server said. */
function isErased(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === "clinical_text_erased";
}
