/**
 * The requests of a call: the server and the permission are those of its socket, not of the page.
 */

import type { SignalingOptions } from "../../../shared/api/signaling/client";

const TIMEOUT_MS = 8_000;

/** An address as it is written on the server of the call, in full. */
export function addressOn({ baseUrl }: SignalingOptions, address: string): string {
  return new URL(address, baseUrl ?? location.href).href;
}

/** Sends it to `path` below /api/v1/telemedicine/. */
export async function send(
  options: SignalingOptions,
  method: "GET" | "POST" | "DELETE",
  path: string,
  body?: unknown,
): Promise<Response> {
  const { token } = options;
  const authorization = token === undefined ? {} : { Authorization: `Bearer ${await token()}` };
  return fetch(addressOn(options, `/api/v1/telemedicine/${path}`), {
    method,
    headers: { ...(method !== "GET" && { "Content-Type": "application/json" }), ...authorization },
    credentials: "same-origin",
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
}
