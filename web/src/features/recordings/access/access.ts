import { createContext, useContext } from "react";
import type { Role } from "../../../shared/api/role";
import type { BreakGlassAccess, RecordingUnlockList } from "../../../shared/api/schema";
import type { Unlock } from "./unlocks";

/** Who says whether somebody else may open a recording. */
export const ANSWERS: readonly Role[] = ["compliance", "admin"];

export interface Access {
  /** Whose word opens a recording here; not known before it was asked for. */
  policy: RecordingUnlockList["policy"] | undefined;
  /** Newest first, each as it is now. */
  unlocks: readonly Unlock[];
  /** Answers to one's own requests that came while this page was open. */
  answers: readonly Unlock[];
  /** Who opened a recording in an emergency: what waits for a review first. */
  accesses: readonly BreakGlassAccess[];
  /** One was reviewed here. */
  reviewed: (access: BreakGlassAccess) => void;
  /** Something was asked or answered here. */
  changed: (unlock: Unlock) => void;
  /** An answer was seen. */
  seen: (unlockId: string) => void;
}

export const AccessContext = createContext<Access>({
  policy: undefined,
  unlocks: [],
  answers: [],
  accesses: [],
  reviewed: () => undefined,
  changed: () => undefined,
  seen: () => undefined,
});

export const useAccess = (): Access => useContext(AccessContext);
