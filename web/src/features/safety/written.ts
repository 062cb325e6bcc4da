/** What could not be sent, put back before what was typed meanwhile. */
export function putBack(unsent: string, typed: string): string {
  return typed === "" ? unsent : `${unsent} ${typed}`;
}
