import { expect, test } from "vitest";
import { httpOrigin } from "./origin";

test.each([
  ["wss://Video.example.org", "https://video.example.org"],
  ["ws://localhost:8080/", "http://localhost:8080"],
  ["https://video.example.org:8443", "https://video.example.org:8443"],
  ["http://[::1]:8080", "http://[::1]:8080"],
])("%s is the server %s", (named, origin) => {
  expect(httpOrigin(named)).toBe(origin);
});

test.each([
  "",
  "video.example.org",
  "wss://video.example.org/ws",
  "ftp://x",
  "wss://x?token=1",
  "//x",
])("%j is refused by name", (named) => {
  expect(() => httpOrigin(named)).toThrow("signalingServer must be an origin");
  expect(() => httpOrigin(named)).toThrow(JSON.stringify(named));
});
