import { useEffect, useState, useSyncExternalStore } from "react";
import { api } from "../../shared/api/endpoints";
import { ChatLog, type ChatState, type Wire } from "./log";

/** The chat of a call, as long as its page is there. */
export function useChat(roomId: string, userId: string, wire: Wire): [ChatLog, ChatState] {
  const [log] = useState(
    () => new ChatLog({ roomId, userId, wire, fetch: (after) => api.chat(roomId, after) }),
  );
  const state = useSyncExternalStore(log.subscribe, log.snapshot);
  useEffect(() => {
    log.open();
    return () => log.close();
  }, [log]);
  return [log, state];
}
