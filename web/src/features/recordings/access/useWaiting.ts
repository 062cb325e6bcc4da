import { useIdentity } from "../../identity";
import { useAccess } from "./access";
import { isWaiting } from "./accesses";
import { toAnswer } from "./unlocks";

/** How much waits for this person. */
export function useWaiting(): number {
  const { unlocks, accesses } = useAccess();
  const { user_id, role } = useIdentity();
  const toReview = role === "compliance" ? accesses.filter(isWaiting).length : 0;
  return toAnswer(unlocks, user_id).length + toReview;
}
