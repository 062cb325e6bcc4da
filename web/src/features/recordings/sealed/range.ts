/** Which octets one answer has. */

/**
 * No more at once than is soon decrypted. Players ask on from where an answer ends, so that nobody
 * has to hold an answer open for as long as somebody watches.
 */
const MOST = 512 * 1024;

/** From the first up to before the last; null: there are none such. */
export function stretchOf(
  range: string | null,
  size: number,
): { readonly begin: number; readonly end: number } | null {
  const [, first = "", last = ""] = /^bytes=(\d*)-(\d*)$/.exec(range ?? "bytes=0-") ?? [];
  if (first === "" && last === "") return null;
  const begin = first === "" ? Math.max(0, size - Number(last)) : Number(first);
  const asked = first === "" || last === "" ? size : Number(last) + 1;
  const end = Math.min(asked, size, begin + MOST);
  return begin < end ? { begin, end } : null;
}
