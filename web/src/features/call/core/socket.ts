/**
 * The socket that a service of calls speaks on: the one that the page has already, or one of its
 * own for whoever takes part.
 */

import { SignalingClient, type SignalingState } from "../../../shared/api/signaling/client";
import type { ServerMessage } from "../../../shared/api/signaling/messages";
import type { WebRTCServiceOptions } from "./options";
import { httpOrigin } from "./origin";

export interface SocketListener {
  received(message: ServerMessage): void;
  stateChanged(state: SignalingState): void;
}

export class Socket {
  readonly #options: Omit<WebRTCServiceOptions, "signalingServer">;
  readonly #listener: SocketListener;
  #client: SignalingClient | null = null;
  #cleanups: (() => void)[] = [];

  constructor({ signalingServer, ...options }: WebRTCServiceOptions, listener: SocketListener) {
    this.#options =
      signalingServer === undefined
        ? options
        : { ...options, baseUrl: httpOrigin(signalingServer) };
    this.#listener = listener;
    const userId = options.userId ?? options.signaling?.options.userId;
    if (userId !== undefined) this.#make(userId);
  }

  get client(): SignalingClient {
    if (this.#client === null)
      throw new TypeError("whose call it is is not known before initializeCall");
    return this.#client;
  }

  /** Who takes part; null while nobody has said so. */
  get userId(): string | null {
    return this.#client?.options.userId ?? null;
  }

  /** For this user, or for whom it was made; tells whose it is. */
  use(user: string | undefined): string {
    const userId = user ?? this.userId;
    if (userId === null)
      throw new TypeError("neither WebRTCService nor initializeCall was told the user");
    if (this.userId !== null && this.userId !== userId)
      throw new TypeError(`this service takes part as ${this.userId}, not as ${userId}`);
    if (this.#client === null) this.#make(userId);
    return userId;
  }

  /**
   * A platform that names the user with the call may never dispose: its socket goes once a hang-up
   * is sent.
   */
  heardAfterwards({ type }: ServerMessage): void {
    const { userId, signaling } = this.#options;
    if (userId === undefined && signaling === undefined && type !== "welcome") this.client.close();
  }

  dispose(): void {
    for (const cleanup of this.#cleanups) cleanup();
    if (this.#options.signaling === undefined) this.#client?.close();
  }

  #make(userId: string): void {
    const client = this.#options.signaling ?? new SignalingClient({ ...this.#options, userId });
    this.#client = client;
    this.#cleanups = [
      client.onMessage((message) => this.#listener.received(message)),
      client.onStateChange((state) => this.#listener.stateChanged(state)),
    ];
    this.#listener.stateChanged(client.state);
  }
}
