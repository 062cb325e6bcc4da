/**
 * The requests of a call: the server and the permission are those of its socket, not of the page.
 */

import type { SignalingOptions } from "../../../shared/api/signaling/client";

const TIMEOUT_MS = 8_000;

/** Sends it to `path` below /api/v1/telemedicine/. */
export async function send(
  { baseUrl, token }: SignalingOptions,
  method: "GET" | "POST" | "DELETE",
  path: string,
  body?: unknown,
): Promise<Response> {
  const authorization = token === undefined ? {} : { Authorization: `Bearer ${await token()}` };
  return fetch(new URL(`/api/v1/telemedicine/${path}`, baseUrl ?? location.href), {
    method,
    headers: { ...(method !== "GET" && { "Content-Type": "application/json" }), ...authorization },
    credentials: "same-origin",
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
}
