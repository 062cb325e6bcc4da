import { createContext, useContext, useEffect, useEffectEvent, useSyncExternalStore } from "react";
import type {
  MessageOf,
  ServerMessageType,
  SignalingClient,
  SignalingState,
} from "../../shared/api/signaling/client";

export const SignalingContext = createContext<SignalingClient | null>(null);

export function useSignaling(): SignalingClient {
  const client = useContext(SignalingContext);
  if (client === null) throw new Error("outside SignalingProvider");
  return client;
}

export function useSignalingState(): SignalingState {
  const client = useSignaling();
  return useSyncExternalStore(
    (changed) => client.onStateChange(changed),
    () => client.state,
  );
}

/** Calls `handler` for each message of that type from the server. */
export function useServerMessage<Type extends ServerMessageType>(
  type: Type,
  handler: (message: MessageOf<Type>) => void,
): void {
  const client = useSignaling();
  const latest = useEffectEvent(handler);
  useEffect(() => client.on(type, (message) => latest(message)), [client, type]);
}
