import { useEffect, useState, useSyncExternalStore } from "react";
import { ChatLog, type ChatState, type Wire } from "./log";
import { type Asking, storeOf } from "./store";

/** The chat of a call, as long as its page is there. */
export function useChat(
  roomId: string,
  userId: string,
  wire: Wire,
  asking: Asking = {},
): [ChatLog, ChatState] {
  const [log] = useState(
    () => new ChatLog({ roomId, userId, wire, store: storeOf(roomId, asking) }),
  );
  const state = useSyncExternalStore(log.subscribe, log.snapshot);
  useEffect(() => {
    log.open();
    return () => log.close();
  }, [log]);
  return [log, state];
}
