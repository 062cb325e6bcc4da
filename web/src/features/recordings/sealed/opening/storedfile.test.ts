import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { StoredFile, tailOf } from "./storedfile";

const FILE = Uint8Array.from({ length: 100_000 }, (_, at) => at % 251);

/** What the server was asked for, as first and last octet. */
let asked: string[] = [];
/** Of the next answers: how many octets come before the connection breaks. */
let breaks: number[] = [];

beforeEach(() => {
  [asked, breaks] = [[], []];
  vi.stubGlobal("fetch", async (_: string, { headers }: { headers?: { Range: string } }) => {
    const range = headers?.Range.slice("bytes=".length) ?? "";
    asked.push(range);
    const [first = 0, last = 0] = range.split("-").map(Number);
    if (first >= FILE.length) return new Response(null, { status: 416 });
    const sent = FILE.slice(first, last + 1);
    const end = breaks.shift() ?? sent.length;
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(sent.slice(0, end));
        if (end < sent.length) controller.error(new TypeError("network"));
        else controller.close();
      },
    });
    const range_ = `bytes ${first}-${first + sent.length - 1}/${FILE.length}`;
    return new Response(body, { status: 206, headers: { "Content-Range": range_ } });
  });
});
afterEach(() => vi.unstubAllGlobals());

async function read(file: StoredFile, offset: number, length: number) {
  const found = await file.read(offset, length);
  expect(found).toEqual(FILE.slice(offset, offset + length));
}

test("whoever jumps gets what they ask for, whoever reads on gets more at once", async () => {
  const file = new StoredFile("url");
  await read(file, 0, 100);
  expect(file.size).toBe(FILE.length);
  for (let at = 5000; at < 5600; at += 100) await read(file, at, 100);
  expect(asked).toEqual(["0-99", "5000-5099", "5100-5299", "5300-5699"]);
});

test("neighbours share what was read ahead, also where they ask at once", async () => {
  const file = new StoredFile("url");
  await Promise.all([read(file, 0, 100), read(file, 50, 100), read(file, 120, 20)]);
  expect(asked).toEqual(["0-99", "100-299"]);
});

test("gives fewer octets at the end only, and none behind it", async () => {
  const file = new StoredFile("url");
  await read(file, FILE.length - 10, 100);
  expect(await file.read(FILE.length + 5, 10)).toHaveLength(0);
});

test("a connection that breaks is taken up once more, from where it is needed", async () => {
  const file = new StoredFile("url");
  await read(file, 0, 100);
  breaks = [50];
  await read(file, 100, 100);
  expect(asked).toEqual(["0-99", "100-299", "100-199"]);
  breaks = [10, 10];
  await expect(file.read(200, 100)).rejects.toThrow("network");
  await read(file, 200, 100); // later it is there again
});

test("what the server refuses is told as it says it", async () => {
  const problem = { code: "playback_expired" };
  vi.stubGlobal("fetch", async () => Response.json(problem, { status: 403 }));
  for (const attempt of [new StoredFile("url").read(0, 10), tailOf("url")])
    await expect(attempt).rejects.toMatchObject({ status: 403, problem });
});
