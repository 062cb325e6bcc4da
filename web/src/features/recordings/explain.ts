import { refusalOf } from "../../shared/api/client";
import { words } from "../../shared/api/refusals";

/** Why the server refuses a file to the player, in a sentence; null: it does not refuse it. */
export async function explain(url: string): Promise<string | null> {
  const refusal = await refusalOf(url);
  return refusal && words(refusal);
}
