/** The UDP port of the candidate that a description names (RFC 8839); null: it names none. */
export function udpPort(sdp: string): number | null {
  const [, port] = /^a=candidate:\S+ 1 udp \d+ \S+ (\d+) typ host/im.exec(sdp) ?? [];
  return port === undefined ? null : Number(port);
}
