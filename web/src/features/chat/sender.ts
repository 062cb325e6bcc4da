/**
 * Files on their way into a chat, one after the other, so that they leave room for the call. No
 * React in it.
 */
import { ApiError } from "../../shared/api/client";
import type { ChatEntry } from "../../shared/api/schema";
import type { ChatStore } from "./store";

export interface PendingFile {
  clientId: string;
  file: File;
  state: "waiting" | "sending" | "failed";
  /** From 0 to 1. */
  share: number;
  /** Why it was not sent; null: it was not tried, or gave no reason. */
  error: unknown;
}

export class FileSender {
  readonly #listeners = new Set<() => void>();
  readonly #send: ChatStore["send"];
  readonly #onSent: (entry: ChatEntry) => void;
  readonly #newId: () => string;
  #pending: readonly PendingFile[] = [];
  #giveUp = new Map<string, AbortController>();

  constructor(
    send: ChatStore["send"],
    onSent: (entry: ChatEntry) => void,
    newId = () => crypto.randomUUID() as string,
  ) {
    this.#send = send;
    this.#onSent = onSent;
    this.#newId = newId;
  }

  readonly snapshot = (): readonly PendingFile[] => this.#pending;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  send(files: readonly File[]): void {
    const added = files.map((file) => ({
      clientId: this.#newId(),
      file,
      state: "waiting" as const,
      share: 0,
      error: null,
    }));
    this.#become([...this.#pending, ...added]);
    this.#goOn();
  }

  /** Under the same id, so that one whose answer was lost is not there twice. */
  retry(clientId: string): void {
    this.#change(clientId, { state: "waiting", share: 0, error: null });
    this.#goOn();
  }

  /** Gives up one that is on its way, or takes away one that was not sent. */
  cancel(clientId: string): void {
    this.#giveUp.get(clientId)?.abort();
    this.#become(this.#pending.filter((one) => one.clientId !== clientId));
  }

  close(): void {
    for (const { clientId } of this.#pending) this.cancel(clientId);
  }

  #goOn(): void {
    if (this.#pending.some(({ state }) => state === "sending")) return;
    const next = this.#pending.find(({ state }) => state === "waiting");
    if (next) void this.#sendOne(next);
  }

  async #sendOne({ clientId, file }: PendingFile): Promise<void> {
    const giveUp = new AbortController();
    this.#giveUp.set(clientId, giveUp);
    this.#change(clientId, { state: "sending" });
    const onProgress = (share: number) => this.#change(clientId, { share });
    try {
      const entry = await this.#send(file, { clientId, onProgress, signal: giveUp.signal });
      this.#become(this.#pending.filter((one) => one.clientId !== clientId));
      this.#onSent(entry);
    } catch (error) {
      const told = error instanceof ApiError ? error : null;
      this.#change(clientId, { state: "failed", error: told });
    }
    this.#giveUp.delete(clientId);
    this.#goOn();
  }

  #change(clientId: string, change: Partial<PendingFile>): void {
    this.#become(
      this.#pending.map((one) => (one.clientId === clientId ? { ...one, ...change } : one)),
    );
  }

  #become(pending: readonly PendingFile[]): void {
    this.#pending = pending;
    for (const listener of this.#listeners) listener();
  }
}
