/**
 * The WebSocket of a signed-in page: one for the page shell and the call together. It comes back by
 * itself.
 */
import { backoffMs } from "./backoff";
import { Emitter } from "./emitter";
import {
  type ClientMessage,
  isDecision,
  type MessageOf,
  type ServerMessage,
  type ServerMessageType,
} from "./messages";
import { onReturn } from "./returns";

export type { ClientMessage, MessageOf, ServerMessage, ServerMessageType } from "./messages";

export type SignalingState =
  | "idle"
  | "connecting"
  | "open" // welcomed by the server: `send` reaches it
  | "waiting" // lost; the next attempt is timed
  | "refused" // not signed in any more; no further attempts
  | "closed";

/**
 * The platform's bearer token, asked for at each connection so that an expired one is not repeated.
 */
export type TokenSource = () => string | Promise<string>;

export interface SignalingOptions {
  userId: string;
  /** Without it the cookie of the session here identifies the user. */
  token?: TokenSource;
  /**
   * Origin of the carelay server, such as `https://video.example.org`; default: where the page came
   * from.
   */
  baseUrl?: string;
}

const WELCOME_TIMEOUT_MS = 10_000;
const FINAL_CLOSE_CODES = [4401, 4403];

type Listener<T extends ServerMessageType> = (message: MessageOf<T>) => void;

export class SignalingClient {
  readonly options: SignalingOptions;
  readonly #states = new Emitter<SignalingState>();
  readonly #messages = new Map<ServerMessageType, Emitter<ServerMessage>>();
  readonly #any = new Emitter<ServerMessage>();
  #state: SignalingState = "idle";
  #socket: WebSocket | null = null;
  #attempt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #decisions: ClientMessage[] = [];
  #stopWatching: (() => void) | null = null;

  constructor(options: SignalingOptions) {
    this.options = options;
  }

  get state(): SignalingState {
    return this.#state;
  }

  /** Opens the socket and keeps it open until `close()`. Harmless when it is open already. */
  connect(): void {
    if (this.#state !== "idle" && this.#state !== "closed" && this.#state !== "refused") return;
    this.#stopWatching ??= onReturn((cause) => this.#returned(cause));
    this.#open();
  }

  close(): void {
    this.#stopWatching?.();
    this.#stopWatching = null;
    this.#drop();
    this.#decisions = [];
    this.#become("closed");
  }

  /** Gives up a socket that no longer answers and opens another at once. */
  reconnect(): void {
    if (this.#state === "open" || this.#state === "waiting" || this.#state === "connecting")
      this.#open();
  }

  /** Calls `listener` for each message of that type; returns the function that takes it off. */
  on<T extends ServerMessageType>(type: T, listener: Listener<T>): () => void {
    return this.#emitter(type).on(listener as (message: ServerMessage) => void);
  }

  off<T extends ServerMessageType>(type: T, listener: Listener<T>): void {
    this.#emitter(type).off(listener as (message: ServerMessage) => void);
  }

  /** Every message in the order of arrival, before the listeners of its type. */
  onMessage(listener: (message: ServerMessage) => void): () => void {
    return this.#any.on(listener);
  }

  onStateChange(listener: (state: SignalingState) => void): () => void {
    return this.#states.on(listener);
  }

  /**
   * Sends now, or tells by `false` that it could not.
   *
   * A decision of the user (hang up, consent) is kept and sent after the next `welcome`, the last
   * word winning. All else describes a moment that is over by then: whoever sent it says it anew
   * when the call is joined again.
   */
  send(message: ClientMessage): boolean {
    if (this.#state === "open" && this.#socket !== null) {
      this.#socket.send(JSON.stringify(message));
      return true;
    }
    if (isDecision(message)) this.#keep(message);
    return false;
  }

  #keep(message: ClientMessage): void {
    this.#decisions = [...this.#decisions.filter((kept) => kept.type !== message.type), message];
  }

  #emitter(type: ServerMessageType): Emitter<ServerMessage> {
    let emitter = this.#messages.get(type);
    if (emitter === undefined) {
      emitter = new Emitter();
      this.#messages.set(type, emitter);
    }
    return emitter;
  }

  #become(state: SignalingState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#states.emit(state);
  }

  #open(): void {
    this.#drop();
    this.#become("connecting");
    const socket = new WebSocket(this.#url());
    this.#socket = socket;
    let opened = false;
    socket.onopen = () => {
      opened = true;
      void this.#authenticate(socket);
    };
    socket.onmessage = (event) => this.#received(socket, event.data);
    socket.onclose = (event) => void this.#closed(socket, event.code, opened);
    this.#timer = setTimeout(() => this.#lost(), WELCOME_TIMEOUT_MS);
  }

  #url(): string {
    const path = `/api/v1/telemedicine/ws/${encodeURIComponent(this.options.userId)}`;
    const url = new URL(path, this.options.baseUrl ?? location.href);
    url.protocol = url.protocol.replace("http", "ws");
    return url.href;
  }

  async #authenticate(socket: WebSocket): Promise<void> {
    if (this.options.token === undefined) return;
    try {
      const token = await this.options.token();
      if (socket.readyState === WebSocket.OPEN) {
        socket.send(JSON.stringify({ type: "authenticate", token } satisfies ClientMessage));
      }
    } catch {
      socket.close();
    }
  }

  #received(socket: WebSocket, data: unknown): void {
    if (socket !== this.#socket) return;
    const message = parse(data);
    if (message === null) return;
    if (message.type === "welcome") this.#welcomed();
    this.#any.emit(message);
    this.#emitter(message.type).emit(message);
    if (message.type === "welcome") this.#sendDecisions();
  }

  #welcomed(): void {
    clearTimeout(this.#timer);
    this.#attempt = 0;
    this.#become("open");
  }

  /**
   * After the listeners of `welcome`, so that the call is joined again before anything is said
   * about it.
   */
  #sendDecisions(): void {
    const decisions = this.#decisions;
    this.#decisions = [];
    for (const decision of decisions) this.send(decision);
  }

  async #closed(socket: WebSocket, code: number, opened: boolean): Promise<void> {
    if (socket !== this.#socket) return;
    this.#drop();
    // A refused upgrade looks like any failed connection to a page (close code 1006), so ask who we
    // are.
    const refused = FINAL_CLOSE_CODES.includes(code) || (!opened && (await this.#signedOut()));
    if (this.#socket !== null || this.#state === "closed") return;
    if (refused) this.#become("refused");
    else this.#lost();
  }

  async #signedOut(): Promise<boolean> {
    if (this.options.token !== undefined) return false;
    try {
      const url = new URL("/api/v1/auth/me", this.options.baseUrl ?? location.href);
      return (await fetch(url, { credentials: "same-origin" })).status === 401;
    } catch {
      return false;
    }
  }

  #lost(): void {
    this.#drop();
    this.#become("waiting");
    const delay = backoffMs(this.#attempt, Math.random());
    this.#attempt += 1;
    this.#timer = setTimeout(() => this.#open(), delay);
  }

  #drop(): void {
    clearTimeout(this.#timer);
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }

  /**
   * The network or the page came back: a timed attempt is made now, a socket that may be dead is
   * replaced.
   */
  #returned(cause: "visible" | "online" | "woke"): void {
    if (this.#state === "waiting" || (this.#state === "open" && cause !== "visible")) {
      this.#attempt = 0;
      this.#open();
    }
  }
}

function parse(data: unknown): ServerMessage | null {
  try {
    const message: unknown = JSON.parse(String(data));
    const typed = typeof message === "object" && message !== null && "type" in message;
    return typed ? (message as ServerMessage) : null;
  } catch {
    return null;
  }
}
