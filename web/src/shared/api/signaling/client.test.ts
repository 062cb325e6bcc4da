import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { SignalingClient, type SignalingOptions } from "./client";
import type { ClientMessage, ServerMessage } from "./messages";

class FakeSocket {
  static readonly OPEN = 1;
  static all: FakeSocket[] = [];
  readyState = 0;
  sent: ClientMessage[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  readonly url: string;

  constructor(url: string) {
    this.url = url;
    FakeSocket.all.push(this);
  }

  static get last(): FakeSocket {
    const socket = FakeSocket.all.at(-1);
    if (socket === undefined) throw new Error("no socket was opened");
    return socket;
  }

  send(data: string): void {
    this.sent.push(JSON.parse(data));
  }

  close(): void {
    this.readyState = 3;
  }

  open(): void {
    this.readyState = FakeSocket.OPEN;
    this.onopen?.();
  }

  receive(message: ServerMessage): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }

  welcome(): void {
    this.open();
    this.receive({
      type: "welcome",
      user_id: "u 1",
      name: "Alex",
      role: "patient",
      server_time: "2026-01-05T10:00:00Z",
    });
  }

  drop(code = 1006): void {
    this.readyState = 3;
    this.onclose?.({ code });
  }
}

const end: ClientMessage = { type: "call_end", room_id: "r" };
const start: ClientMessage = { type: "call_start", room_id: "r" };
let page: EventTarget & { visibilityState?: string };

function client(options: Partial<SignalingOptions> = {}): SignalingClient {
  const made = new SignalingClient({
    userId: "u 1",
    baseUrl: "https://clinic.example",
    ...options,
  });
  made.connect();
  return made;
}

beforeEach(() => {
  vi.useFakeTimers();
  FakeSocket.all = [];
  page = new EventTarget();
  vi.stubGlobal("WebSocket", FakeSocket);
  vi.stubGlobal("document", page);
  vi.stubGlobal("addEventListener", page.addEventListener.bind(page));
  vi.stubGlobal("removeEventListener", page.removeEventListener.bind(page));
  vi.stubGlobal("fetch", async () => ({ status: 200 }));
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("the socket of a page", () => {
  it("is open once the server has said welcome", () => {
    const signaling = client();
    expect(FakeSocket.last.url).toBe("wss://clinic.example/api/v1/telemedicine/ws/u%201");
    FakeSocket.last.open();
    expect(signaling.state).toBe("connecting");
    FakeSocket.last.welcome();
    expect(signaling.state).toBe("open");
  });

  it("authenticates with a token asked for at each connection", async () => {
    let tokens = 0;
    client({ token: () => `token ${++tokens}` });
    FakeSocket.last.open();
    await vi.advanceTimersByTimeAsync(0);
    expect(FakeSocket.last.sent).toEqual([{ type: "authenticate", token: "token 1" }]);
    FakeSocket.last.drop();
    await vi.advanceTimersByTimeAsync(1_000);
    FakeSocket.last.open();
    await vi.advanceTimersByTimeAsync(0);
    expect(FakeSocket.last.sent).toEqual([{ type: "authenticate", token: "token 2" }]);
  });

  it("comes back by itself, waiting longer each time", async () => {
    const signaling = client();
    FakeSocket.last.welcome();
    FakeSocket.last.drop();
    await vi.advanceTimersByTimeAsync(0);
    expect(signaling.state).toBe("waiting");
    await vi.advanceTimersByTimeAsync(500);
    expect(FakeSocket.all).toHaveLength(2);
    FakeSocket.last.drop();
    await vi.advanceTimersByTimeAsync(499);
    expect(FakeSocket.all).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(501);
    expect(FakeSocket.all).toHaveLength(3);
  });

  it("does not wait when the network returns, and replaces a socket that may be dead", async () => {
    const signaling = client();
    FakeSocket.last.welcome();
    page.dispatchEvent(new Event("online"));
    expect(FakeSocket.all).toHaveLength(2);
    FakeSocket.last.drop();
    await vi.advanceTimersByTimeAsync(0);
    page.visibilityState = "visible";
    page.dispatchEvent(new Event("visibilitychange"));
    expect(FakeSocket.all).toHaveLength(3);
    FakeSocket.last.welcome();
    page.dispatchEvent(new Event("visibilitychange"));
    expect(FakeSocket.all).toHaveLength(3);
    signaling.close();
  });

  it("gives up a socket on which no welcome comes", async () => {
    client();
    FakeSocket.last.open();
    await vi.advanceTimersByTimeAsync(11_000);
    expect(FakeSocket.all.length).toBeGreaterThan(1);
  });

  it("keeps a hang-up for the next socket, after the call was joined there, and nothing else", async () => {
    const signaling = client();
    signaling.on("welcome", () => signaling.send(start));
    expect(signaling.send(start)).toBe(false);
    expect(signaling.send(end)).toBe(false);
    FakeSocket.last.welcome();
    expect(FakeSocket.last.sent).toEqual([start, end]);
  });

  it("keeps only the last word of a decision", () => {
    const signaling = client();
    const consent = (recording_consent: boolean): ClientMessage => ({
      type: "recording_consent",
      room_id: "r",
      recording_consent,
      consent_text: null,
    });
    signaling.send(consent(true));
    signaling.send(consent(false));
    FakeSocket.last.welcome();
    expect(FakeSocket.last.sent).toEqual([consent(false)]);
  });

  it.each([4401, 4403])("stops when the server closes it with %i", async (code) => {
    const signaling = client();
    FakeSocket.last.welcome();
    FakeSocket.last.drop(code);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(signaling.state).toBe("refused");
    expect(FakeSocket.all).toHaveLength(1);
  });

  it("stops when a refused upgrade turns out to be a lost sign-in", async () => {
    vi.stubGlobal("fetch", async () => ({ status: 401 }));
    const signaling = client();
    FakeSocket.last.drop();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(signaling.state).toBe("refused");
  });

  it("tells listeners by type until they are taken off, and survives nonsense", () => {
    const signaling = client();
    const heard: string[] = [];
    const off = signaling.on("call_declined", ({ room_id }) => heard.push(room_id));
    FakeSocket.last.welcome();
    FakeSocket.last.receive({ type: "call_declined", room_id: "r1" });
    FakeSocket.last.onmessage?.({ data: "{" });
    FakeSocket.last.onmessage?.({ data: "null" });
    off();
    FakeSocket.last.receive({ type: "call_declined", room_id: "r2" });
    expect(heard).toEqual(["r1"]);
  });

  it("is silent after close", async () => {
    const signaling = client();
    FakeSocket.last.welcome();
    signaling.close();
    FakeSocket.last.drop();
    page.dispatchEvent(new Event("online"));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(signaling.state).toBe("closed");
    expect(FakeSocket.all).toHaveLength(1);
  });
});
