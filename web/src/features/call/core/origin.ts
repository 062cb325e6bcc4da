/** The HTTP origin of a server that is named by its ws, wss, http or https origin. */
export function httpOrigin(server: string): string {
  const [, , secure, host] = /^(ws|http)(s?):\/\/([^/?#]+)\/?$/i.exec(server) ?? [];
  if (host === undefined) {
    const wanted = "an origin such as wss://video.example.org, without a path";
    throw new TypeError(`signalingServer must be ${wanted}, and is ${JSON.stringify(server)}`);
  }
  return `http${secure}://${host}`.toLowerCase();
}
