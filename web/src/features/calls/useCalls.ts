import { useCallback } from "react";
import { api } from "../../shared/api/endpoints";
import { type Beginning, beginning } from "../../shared/api/pages";
import type { Call } from "../../shared/api/schema";
import { type Load, useLoad } from "../../shared/ui/useLoad";
import { useServerMessage } from "../identity";

/**
 * The newest calls of who is signed in, that many pages of them, kept fresh by what the server
 * tells.
 */
export function useCalls(pages = 1): Load<Beginning<Call>> {
  const load = useLoad(useCallback(() => newest(pages), [pages]));
  const { reload } = load;
  useServerMessage("call_accepted", reload);
  useServerMessage("call_ended", reload);
  useServerMessage("invitation_closed", reload);
  useServerMessage("welcome", reload); // nothing was heard before it
  return load;
}

async function newest(pages: number): Promise<Beginning<Call>> {
  const { items, ...rest } = await beginning(async (cursor) => {
    const { calls, next_cursor } = await api.calls(cursor);
    return { items: calls, next: next_cursor };
  }, pages);
  return { items: uniqueByRoom(items), ...rest };
}

/** A call that began between two pages moves the second: the same one may come twice. */
function uniqueByRoom(calls: readonly Call[]): readonly Call[] {
  return [...new Map(calls.map((call) => [call.room_id, call])).values()];
}
