import { useCallback, useState } from "react";
import { type AuditQuery, api } from "../../shared/api/endpoints";
import type { AuditPage } from "../../shared/api/schema";
import { type Load, useLoad } from "../../shared/ui/useLoad";

export interface Entries extends Load<AuditPage> {
  /** Older ones, below those that are there. */
  more: () => void;
  isComing: boolean;
  /** Why the older ones could not be had. */
  moreError: unknown;
}

/**
 * Entries as they were asked for, newest first. What is there is not fetched again when older ones
 * are: each look is an entry of the log, too.
 */
export function useEntries(asked: AuditQuery): Entries {
  const load = useLoad(useCallback(() => api.audit(asked, null), [asked]));
  const [older, setOlder] = useState<{ isComing: boolean; error: unknown }>(NOTHING);
  const { value, change } = load;
  const more = () => {
    const cursor = value?.next_cursor;
    if (!cursor || older.isComing) return;
    setOlder({ isComing: true, error: undefined });
    api.audit(asked, cursor).then(
      (page) => {
        // What was asked for anew meanwhile does not go on there.
        change((now) => (now.next_cursor === cursor ? joined(now, page) : now));
        setOlder(NOTHING);
      },
      (error: unknown) => setOlder({ isComing: false, error }),
    );
  };
  return { ...load, more, isComing: older.isComing, moreError: older.error };
}

const NOTHING = { isComing: false, error: undefined };

function joined(page: AuditPage, next: AuditPage): AuditPage {
  return { ...next, entries: [...page.entries, ...next.entries] };
}
