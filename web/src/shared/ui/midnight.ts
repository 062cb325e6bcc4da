/** The beginning of a local day, "2026-03-01", or of one that many days later, as an instant. */
export function midnight(date: string, later: number): string {
  const [year = 0, month = 1, day = 1] = date.split("-").map(Number);
  return new Date(year, month - 1, day + later).toISOString();
}
