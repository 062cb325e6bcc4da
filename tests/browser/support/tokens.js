// A host platform that signs its people in with tokens (RFC 7519), HS256.

import { createHmac } from "node:crypto";

const SECRET = "a secret of the host platform, shared with carelay";

/** What a server needs to believe the tokens. */
export const PLATFORM = {
  CARELAY_JWT_ISSUER: "platform",
  CARELAY_JWT_AUDIENCE: "carelay",
  CARELAY_JWT_SECRET: SECRET,
};

/**
 * @param {{sub: string, role: string, name: string, expiresAt?: number}} who `expiresAt` in s since
 *   1970, else in an hour
 */
export function token({ sub, role, name, expiresAt = Math.floor(Date.now() / 1000) + 3600 }) {
  const part = (/** @type {object} */ value) =>
    Buffer.from(JSON.stringify(value)).toString("base64url");
  const claims = { iss: "platform", aud: "carelay", sub, name, role, exp: expiresAt };
  const signed = `${part({ alg: "HS256", typ: "JWT" })}.${part(claims)}`;
  return `${signed}.${createHmac("sha256", SECRET).update(signed).digest("base64url")}`;
}
