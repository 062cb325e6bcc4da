/** A telephone number as E.164 has it: without what people write between digits. */
export function asE164(number: string): string {
  return number.replace(/[\s().\-\u2010-\u2015/]/g, "").replace(/^00/, "+");
}

/** The address that rings it. */
export function telephone(number: string): string {
  return `tel:${number.replace(/[^+\d]/g, "")}`;
}
