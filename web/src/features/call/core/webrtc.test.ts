import { afterEach, expect, test, vi } from "vitest";
import { WebRTCService } from "./webrtc";

afterEach(() => vi.unstubAllGlobals());

test("a service that nobody tells its user says so, as does one that is told two", async () => {
  vi.stubGlobal("RTCPeerConnection", class {});
  const unnamed = new WebRTCService({ signalingServer: "wss://video.example.org" });
  expect(() => unnamed.signaling).toThrow("not known before initializeCall");
  await expect(unnamed.initializeCall("r")).rejects.toThrow("told the user");
  const named = new WebRTCService({ userId: "a" });
  await expect(named.initializeCall("r", "b")).rejects.toThrow("takes part as a, not as b");
});

test("the server's origin is found under both of its names", () => {
  const signalingServer = "wss://video.example.org";
  expect(new WebRTCService({ userId: "a", signalingServer }).signaling.options.baseUrl).toBe(
    "https://video.example.org",
  );
  const baseUrl = "https://video.example.org";
  expect(new WebRTCService({ userId: "a", baseUrl }).signaling.options.baseUrl).toBe(baseUrl);
});
