/**
 * The service worker: it carries what a player asks for to the page that the player is in, and the
 * answer back. It holds no key, decrypts nothing, keeps nothing, and looks at no other request.
 */

import { askedFor, type RangeAnswer, type RangeAsked } from "./wire";

/** As far as it is used: TypeScript knows either pages or workers. */
interface Scope {
  skipWaiting(): Promise<void>;
  readonly clients: {
    claim(): Promise<void>;
    get(id: string): Promise<Pick<Worker, "postMessage"> | undefined>;
  };
  addEventListener(
    kind: "install" | "activate" | "fetch",
    listener: (event: FetchEvent) => void,
  ): void;
}

interface FetchEvent {
  readonly request: Request;
  readonly clientId: string;
  waitUntil(until: Promise<unknown>): void;
  respondWith(answer: Promise<Response>): void;
}

const scope = globalThis as unknown as Scope;

scope.addEventListener("install", (event) => event.waitUntil(scope.skipWaiting()));
scope.addEventListener("activate", (event) => event.waitUntil(scope.clients.claim()));
scope.addEventListener("fetch", (event) => {
  const { url, headers } = event.request;
  const asked = askedFor(new URL(url).pathname, headers.get("Range"));
  if (asked) event.respondWith(answered(event.clientId, asked));
});

/** By that page alone: no other has opened it. */
async function answered(clientId: string, asked: RangeAsked): Promise<Response> {
  const page = await scope.clients.get(clientId);
  if (!page) return response({ status: 404 });
  const { port1, port2 } = new MessageChannel();
  const answer = new Promise<RangeAnswer>((resolve) => {
    port1.onmessage = ({ data }: MessageEvent<RangeAnswer>) => resolve(data);
  });
  page.postMessage(asked, [port2]);
  return response(await answer);
}

function response(answer: RangeAnswer): Response {
  const never = { "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff" };
  if (answer.status !== 206) return new Response(null, { status: answer.status, headers: never });
  const { first, size, mediaType, octets } = answer;
  return new Response(octets, {
    status: 206,
    headers: {
      ...never,
      "Accept-Ranges": "bytes",
      "Content-Type": mediaType,
      "Content-Length": String(octets.byteLength),
      "Content-Range": `bytes ${first}-${first + octets.byteLength - 1}/${size}`,
    },
  });
}
