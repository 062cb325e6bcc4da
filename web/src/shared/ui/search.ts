const plain = (text: string) =>
  text
    .normalize("NFD")
    .replace(/\p{Diacritic}/gu, "")
    .toLowerCase();

/**
 * Whether every word of `query` begins a word of `name`; case and accents do not matter ("jose"
 * finds "José").
 */
export function matches(name: string, query: string): boolean {
  const words = plain(name).split(/[\s-]+/);
  return plain(query)
    .split(/\s+/)
    .filter(Boolean)
    .every((part) => words.some((word) => word.startsWith(part)));
}
