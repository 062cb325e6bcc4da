/**
 * One private note as it is written: what is typed is kept on this device until the server has it,
 * and sent to the server as soon as the typing pauses. No React in it.
 */
import { belonging } from "../../shared/api/belongings";
import { ApiError } from "../../shared/api/client";
import type { Note } from "../../shared/api/schema";
import { backoffMs } from "../../shared/api/signaling/backoff";

/** Where the note is. */
export interface NoteStore {
  read(): Promise<Note>;
  /** Rejects with `note_changed` if `version` is not the newest one any more. */
  write(text: string, version: number): Promise<Note>;
  /** Rejects with `unknown_note` if there is none. */
  erase(): Promise<void>;
}

/** What is not with the server yet, and which version it was made from. */
export interface Draft {
  text: string;
  version: number;
  /** What was sent last and not answered: if the server has that, it is from here. */
  sent: string | null;
}

/** Where a crashed tab leaves its draft. */
export interface DraftStore {
  get(): Draft | null;
  put(draft: Draft): void;
  remove(): void;
}

/** `failed`: it is tried again by itself; `refused`: it would be refused again. */
export type Saving = "saved" | "waiting" | "saving" | "failed" | "refused";

export interface NoteState {
  phase: "loading" | "failed" | "ready";
  text: string;
  saving: Saving;
  /** Why it could not be read or saved; null: no reason. */
  error: unknown;
  /** When the server took it last. */
  savedAt: string | null;
  /** What another window has written since; `text` is what was written here. */
  theirs: string | null;
  /** It was erased here, and nothing was written since. */
  erased: boolean;
}

export const PAUSE_MS = 900;
/** At most, before the first retry; each further one waits longer, up to `LONGEST_MS`. */
export const RETRY_MS = 5000;
export const LONGEST_MS = 120_000;

const BEGINNING: NoteState = {
  phase: "loading",
  text: "",
  saving: "saved",
  error: null,
  savedAt: null,
  theirs: null,
  erased: false,
};

export class NoteKeeper {
  readonly #store: NoteStore;
  readonly #drafts: DraftStore;
  readonly #listeners = new Set<() => void>();
  readonly #random: () => number;
  #state = BEGINNING;
  #version = 0;
  /** One write after the other: the next one needs the version that this one makes. */
  #writing = false;
  #ongoing: Promise<void> = Promise.resolve();
  #erasing = false;
  /** Texts that were sent from here since the last answer: the server may have any of them. */
  readonly #sent = new Set<string>();
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  constructor(store: NoteStore, drafts: DraftStore, random: () => number = Math.random) {
    this.#store = store;
    this.#drafts = drafts;
    this.#random = random;
  }

  readonly snapshot = (): NoteState => this.#state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Reads it, and takes up a draft that a tab has left. */
  async load(): Promise<void> {
    this.#closed = false;
    this.#become({ ...BEGINNING });
    try {
      const note = await this.#store.read();
      this.#version = note.version;
      this.#become({ phase: "ready", text: note.text, savedAt: note.updated_at });
      this.#takeUp(note);
    } catch (error) {
      this.#become({ phase: "failed", error });
    }
  }

  edit(text: string): void {
    if (this.#state.phase !== "ready" || this.#state.theirs !== null || this.#erasing) return;
    this.#become({ text, saving: "waiting", error: null, erased: false });
    this.#keep();
    this.#saveIn(PAUSE_MS);
  }

  /** Saves what waits, now. */
  flush(): void {
    if (this.#state.saving === "waiting" || this.#state.saving === "failed") this.#saveIn(0);
  }

  /** Also what was refused for good, as far as the server told. */
  retry(): void {
    if (this.#state.saving === "failed" || this.#state.saving === "refused") this.#saveIn(0);
  }

  /** Of two texts, what is to stand from now on. */
  resolve(text: string): void {
    if (this.#state.theirs === null) return;
    this.#become({ theirs: null });
    this.edit(text);
    this.flush();
  }

  /** For good, with what waits to be saved. Rejects with the reason why it was not. */
  async erase(): Promise<void> {
    this.#erasing = true;
    try {
      clearTimeout(this.#timer);
      await this.#ongoing;
      clearTimeout(this.#timer);
      await this.#store.erase().catch((error: unknown) => {
        if (!(error instanceof ApiError) || error.code !== "unknown_note") throw error;
      });
      this.#version = 0;
      this.#sent.clear();
      this.#drafts.remove();
      this.#become({ ...BEGINNING, phase: "ready", erased: true });
    } finally {
      this.#erasing = false;
      this.flush();
    }
  }

  /** Nothing is written any more; what waits is sent, or stays as a draft. */
  close(): void {
    this.flush();
    this.#closed = true;
  }

  #takeUp(note: Note): void {
    const draft = this.#drafts.get();
    if (draft === null) return;
    if (draft.text === note.text) this.#drafts.remove();
    else if (draft.version === note.version || draft.sent === note.text) this.edit(draft.text);
    else this.#become({ text: draft.text, theirs: note.text, saving: "failed" });
  }

  /** In this browser, until the server has it. */
  #keep(): void {
    const sent = [...this.#sent].at(-1) ?? null;
    this.#drafts.put({ text: this.#state.text, version: this.#version, sent });
  }

  #saveIn(milliseconds: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#ongoing = this.#save();
    }, milliseconds);
  }

  async #save(): Promise<void> {
    if (this.#writing) return await this.#ongoing;
    if (this.#state.theirs !== null || this.#erasing) return;
    const { text } = this.#state;
    this.#writing = true;
    this.#become({ saving: "saving" });
    this.#sent.delete(text);
    this.#sent.add(text);
    this.#keep();
    try {
      this.#saved(await this.#written(text));
    } catch (error) {
      this.#failed(error, text);
    } finally {
      this.#writing = false;
    }
  }

  /** What the server has then, be it from another window. */
  async #written(text: string): Promise<Note> {
    try {
      return await this.#store.write(text, this.#version);
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== "note_changed") throw error;
      return await this.#store.read();
    }
  }

  #saved(note: Note): void {
    const { text } = this.#state;
    const isFromHere = this.#sent.has(note.text);
    this.#version = note.version;
    this.#failures = 0;
    this.#sent.clear();
    this.#become({ savedAt: note.updated_at, error: null });
    if (!isFromHere) {
      this.#become({ saving: "failed", theirs: note.text });
    } else if (note.text === text) {
      this.#become({ saving: "saved" });
      this.#drafts.remove();
    } else {
      this.#become({ saving: "waiting" });
      this.#keep();
      this.#saveIn(PAUSE_MS);
    }
  }

  #failed(error: unknown, text: string): void {
    const isNewer = this.#state.text !== text;
    const again = retryMs(error) ?? (isNewer ? 0 : null);
    this.#become({ saving: again === null ? "refused" : "failed", error });
    if (again === null || this.#closed) return;
    const wait = backoffMs(this.#failures++, this.#random(), RETRY_MS, LONGEST_MS);
    this.#saveIn(Math.max(wait, again));
  }

  #become(change: Partial<NoteState>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener();
  }
}

/** How long to wait at least, ms; null: the answer would be the same. */
function retryMs(error: unknown): number | null {
  if (!(error instanceof ApiError)) return 0;
  const { status, parameters } = error;
  if (status === 429) return Number(parameters.seconds ?? 0) * 1000;
  return status >= 400 && status < 500 && status !== 408 ? null : 0;
}

/** Drafts of a reader in this tab, by call. */
export function draftsOf(userId: string, roomId: string): DraftStore {
  const { get, put, remove } = belonging(userId, `note.${roomId}`);
  return {
    get: () => JSON.parse(get() ?? "null") as Draft | null,
    put: (draft) => put(JSON.stringify(draft)),
    remove,
  };
}
