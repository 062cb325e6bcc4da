/** How appointments are offered to recur, as rules of RFC 5545. */

export const REPEATS = ["once", "weekly", "fortnightly", "monthly"] as const;
export type Repeats = (typeof REPEATS)[number];

const RULES: Readonly<Record<Exclude<Repeats, "once">, string>> = {
  weekly: "FREQ=WEEKLY",
  fortnightly: "FREQ=WEEKLY;INTERVAL=2",
  monthly: "FREQ=MONTHLY",
};

/** None of one that does not recur. */
export function ruleOf(repeats: Repeats, count: number): string | null {
  return repeats === "once" ? null : `${RULES[repeats]};COUNT=${count}`;
}
