/**
 * Up to two letters for a name: "Dr. Elena Rivera" → "ER". Titles with a full stop and what stands
 * in brackets are left out.
 */
export function initials(name: string): string {
  const words = name.split(/\s+/).filter((word) => /^\p{L}/u.test(word) && !word.endsWith("."));
  const chosen = words.length > 1 ? [words[0], words.at(-1)] : words;
  return chosen.map((word) => ([...(word ?? "")][0] ?? "").toUpperCase()).join("");
}
