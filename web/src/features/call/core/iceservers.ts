/** The STUN and TURN servers of the practice, as far as this browser understands them. */

/**
 * As the server's messages name one, or a host platform does: in either, any part may be missing.
 */
export interface AnyIceServer {
  readonly urls: string | readonly string[];
  readonly username?: string | null;
  readonly credential?: string | null;
}

type Configurable = Pick<RTCPeerConnection, "getConfiguration" | "setConfiguration">;

/**
 * One URL that a browser cannot read makes it refuse all of them; the relay can mostly be reached
 * without any. So each is tried by itself, and what is refused is left out. Of two with the same
 * URL the later counts.
 */
export function setIceServers(pc: Configurable, servers: readonly AnyIceServer[]): void {
  const present = pc.getConfiguration();
  const each = new Map(
    servers.flatMap((server) => [server.urls].flat().map((url) => [url, server])),
  );
  const accepted = [...each]
    .map(([url, server]) => browserIceServer(url, server))
    .filter((server) => accepts(pc, { ...present, iceServers: [server] }));
  pc.setConfiguration({ ...present, iceServers: accepted });
}

function accepts(pc: Configurable, configuration: RTCConfiguration): boolean {
  try {
    pc.setConfiguration(configuration);
    return true;
  } catch {
    return false;
  }
}

/** The wire says null for what RTCIceServer wants left out. */
function browserIceServer(url: string, { username, credential }: AnyIceServer): RTCIceServer {
  return {
    urls: [url],
    ...(username != null && { username }),
    ...(credential != null && { credential }),
  };
}
