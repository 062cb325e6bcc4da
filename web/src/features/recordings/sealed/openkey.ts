/** The page's side of the worker that has the private key. */

import { ApiError } from "../../../shared/api/client";
import type { SealedRecording } from "../../../shared/api/schema";
import { Trouble } from "./opening/trouble";
import type { Ask, Failure, RangeAsked, Replies, Told } from "./wire";

export type Broken = Extract<Told, { told: "broken" }>;
export type Progress = Extract<Told, { told: "progress" }>;

interface Call {
  readonly resolve: (reply: never) => void;
  readonly reject: (error: unknown) => void;
}

/** Open until it is closed; then nothing of it is left in the page. */
export class OpenKey {
  /** Whether the server was told that it is open. */
  isTold = false;
  #keyId = "";
  readonly #worker: Worker;
  readonly #calls = new Map<number, Call>();
  #count = 0;
  /** What happens meanwhile. */
  onBroken: (broken: Broken) => void = () => undefined;
  onProgress: (progress: Progress) => void = () => undefined;

  private constructor(worker: Worker) {
    this.#worker = worker;
    worker.onmessage = ({ data }: MessageEvent<Told>) => this.#hear(data);
    worker.onerror = () => this.#fail(new Trouble("not_possible"));
  }

  /** Throws Trouble: `not_a_key` or `wrong_passphrase`. */
  static async open(file: string, passphrase: string): Promise<OpenKey> {
    const worker = new Worker(new URL("./vault.ts", import.meta.url), { type: "module" });
    const opened = new OpenKey(worker);
    try {
      opened.#keyId = await opened.#call<"key">({ ask: "key", file, passphrase });
      return opened;
    } catch (error) {
      worker.terminate();
      throw error;
    }
  }

  get keyId(): string {
    return this.#keyId;
  }

  /** Throws Trouble, and ApiError for what the server refuses. */
  recording(sealed: SealedRecording): Promise<Replies["recording"]> {
    return this.#call<"recording">({ ask: "recording", sealed });
  }

  /** What a player asks for, answered on the port. */
  carry(asked: RangeAsked, port: MessagePort): void {
    this.#worker.postMessage(asked, [port]);
  }

  close(): void {
    this.#worker.terminate();
    this.#fail(new Trouble("key_closed"));
  }

  #call<Kind extends keyof Replies>(ask: Ask & { ask: Kind }): Promise<Replies[Kind]> {
    this.#count += 1;
    const call = this.#count;
    return new Promise<Replies[Kind]>((resolve, reject) => {
      this.#calls.set(call, { resolve, reject });
      this.#worker.postMessage({ ...ask, call });
    });
  }

  #hear(told: Told): void {
    switch (told.told) {
      case "progress":
        this.onProgress(told);
        break;
      case "broken":
        this.onBroken(told);
        break;
      case "reply":
        this.#ended(told.call)?.resolve(told.reply as never);
        break;
      case "failure":
        this.#ended(told.call)?.reject(errorOf(told.failure));
        break;
    }
  }

  #ended(call: number): Call | undefined {
    const ended = this.#calls.get(call);
    this.#calls.delete(call);
    return ended;
  }

  #fail(error: unknown): void {
    for (const { reject } of this.#calls.values()) reject(error);
    this.#calls.clear();
  }
}

/** As the pages know errors. */
export function errorOf(failure: Failure): Trouble | ApiError {
  if ("trouble" in failure) return new Trouble(failure.trouble);
  const { status, problem } = failure;
  return new ApiError(status, `http_${status}`, problem);
}
