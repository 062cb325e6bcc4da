import { expect, test } from "vitest";
import { setIceServers } from "./iceservers";

/** Refuses what a browser refuses: every server because of one port that is not a number. */
class Peer {
  configuration: RTCConfiguration = { bundlePolicy: "max-bundle" };

  getConfiguration(): RTCConfiguration {
    return this.configuration;
  }

  setConfiguration(next: RTCConfiguration): void {
    const urls = next.iceServers?.flatMap((server) => server.urls) ?? [];
    if (urls.some((url) => /:[a-z]+$/.test(url))) throw new SyntaxError("invalid port");
    this.configuration = next;
  }
}

test("a server that the browser cannot parse is left out, and the others are used", () => {
  const pc = new Peer();
  setIceServers(pc, [
    { urls: ["stun:s.example:3478"], username: null, credential: null },
    { urls: ["turn:t.example:abc", "turn:t.example:3478"], username: "u", credential: "c" },
  ]);
  expect(pc.configuration).toEqual({
    bundlePolicy: "max-bundle",
    iceServers: [
      { urls: ["stun:s.example:3478"] },
      { urls: ["turn:t.example:3478"], username: "u", credential: "c" },
    ],
  });
});

test("a host's own servers are used beside the practice's, whose word is the last about a URL", () => {
  const pc = new Peer();
  const host: RTCIceServer[] = [
    { urls: "stun:h.example" },
    { urls: ["turn:t.example", "turn:u.example"], username: "old", credential: "x" },
  ];
  setIceServers(pc, [...host, { urls: ["turn:t.example"], username: "new", credential: "y" }]);
  expect(pc.configuration.iceServers).toEqual([
    { urls: ["stun:h.example"] },
    { urls: ["turn:t.example"], username: "new", credential: "y" },
    { urls: ["turn:u.example"], username: "old", credential: "x" },
  ]);
});

test("without any that it can parse, none is used", () => {
  const pc = new Peer();
  setIceServers(pc, [{ urls: ["turn:t.example:abc"], username: "u", credential: "c" }]);
  expect(pc.configuration.iceServers).toEqual([]);
});
