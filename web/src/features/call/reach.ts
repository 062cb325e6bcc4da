/** Whom an emergency has reached, in words: only what is known. */

import { t } from "../../shared/i18n";
import type { Emergency } from "./core/state";

export interface Reach {
  text: string;
  /**
   * The practice's own number, while nobody of it is known to have seen the alert; empty if there
   * is none to tell.
   */
  practicePhone: string;
}

export function reachOf(emergency: Omit<Emergency, "raisedBy" | "phone" | "instructions">): Reach {
  const { acknowledgedBy, reached, pending, practicePhone } = emergency;
  if (acknowledgedBy !== null)
    return {
      text: t("call.emergency.reach.acknowledged", { name: acknowledgedBy }),
      practicePhone: "",
    };
  if (reached.includes("administrators"))
    return { text: t("call.emergency.reach.administrators"), practicePhone: "" };
  if (reached.length > 0) return { text: t("call.emergency.reach.message"), practicePhone };
  return {
    text: t(pending ? "call.emergency.reach.pending" : "call.emergency.reach.nobody"),
    practicePhone,
  };
}
