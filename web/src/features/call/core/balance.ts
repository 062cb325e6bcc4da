/**
 * How loud somebody is beside an interpreter. Louder than they are sent nobody can be made, so one
 * becomes quieter for the other. Pure; volumes are those of media elements, 0 to 1.
 */
import type { Side } from "../../../shared/api/signaling/messages";

/** Never silent: a cry is heard through every balance. */
const QUIETEST = 0.06;

interface Voice {
  readonly user_id: string;
  readonly role: Side;
}

/** `balance`: −1, the original before the interpreter, to 1, the interpreter before it. */
export function volumesOf(balance: number): { original: number; interpreter: number } {
  const part = (more: number) => Math.max(QUIETEST, Math.min(1, 1 - more));
  return { original: part(balance), interpreter: part(-balance) };
}

/** `balances` by the interpreters' user ids; of whom none is kept, nothing is changed. */
export function volumeOf(
  person: Voice,
  people: readonly Voice[],
  balances: Readonly<Record<string, number>>,
): number {
  const balanceOf = ({ user_id }: Voice) => balances[user_id] ?? 0;
  if (person.role === "interpreter") return volumesOf(balanceOf(person)).interpreter;
  const originals = people
    .filter(({ role }) => role === "interpreter")
    .map((interpreter) => volumesOf(balanceOf(interpreter)).original);
  return Math.min(1, ...originals);
}
