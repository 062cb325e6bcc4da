/** The STUN and TURN servers of the practice, as far as this browser understands them. */
import type { IceServer } from "../../../shared/api/signaling/messages";

type Configurable = Pick<RTCPeerConnection, "getConfiguration" | "setConfiguration">;

/**
 * One URL that a browser cannot read makes it refuse all of them; the relay can mostly be reached without any.
 * So each is tried by itself, and what is refused is left out.
 */
export function setIceServers(pc: Configurable, servers: readonly IceServer[]): void {
  const present = pc.getConfiguration();
  const each = servers.flatMap((server) => server.urls.map((url) => ({ ...server, urls: [url] })));
  const accepted = each
    .map(browserIceServer)
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
function browserIceServer({ urls, username, credential }: IceServer): RTCIceServer {
  return { urls, ...(username != null && { username }), ...(credential != null && { credential }) };
}
