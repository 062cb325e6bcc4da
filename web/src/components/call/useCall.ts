import { useEffect, useMemo, useState, useSyncExternalStore } from "react";
import { CallError } from "../../call/errors";
import { type CallState, initialState } from "../../call/machine";
import type { SignalingClient, TokenSource } from "../../call/signaling";
import { WebRTCService } from "../../call/webrtc";

export interface CallIdentity {
  roomId: string;
  userId: string;
  audioOnly: boolean;
  signaling: SignalingClient | undefined;
  token: TokenSource | undefined;
  baseUrl: string | undefined;
  ready: Promise<unknown> | undefined;
}

export interface CallHandle {
  /** null for the moment before the first effect. */
  service: WebRTCService | null;
  state: CallState;
  /** Why taking part was not possible at all; null while it is. */
  failure: CallError | null;
}

/** Takes part in the call for as long as the component is mounted. */
export function useCall(identity: CallIdentity): CallHandle {
  const { roomId, userId, audioOnly, signaling, token, baseUrl, ready } = identity;
  const [service, setService] = useState<WebRTCService | null>(null);
  const [failure, setFailure] = useState<CallError | null>(null);

  useEffect(() => {
    const made = new WebRTCService({
      userId,
      ...(signaling !== undefined && { signaling }),
      ...(token !== undefined && { token }),
      ...(baseUrl !== undefined && { baseUrl }),
    });
    setService(made);
    setFailure(null);
    let current = true;
    const fail = (error: unknown) => {
      made.dispose(); // the camera's light goes out
      if (current) setFailure(asCallError(error));
    };
    made.initializeCall(roomId, { audioOnly }).catch(fail);
    made.startCall(ready).catch(fail);
    return () => {
      current = false;
      made.dispose();
    };
  }, [roomId, userId, audioOnly, signaling, token, baseUrl, ready]);

  return { service, state: useCallState(service, userId), failure };
}

function useCallState(service: WebRTCService | null, userId: string): CallState {
  const before = useMemo(() => initialState(userId), [userId]);
  return useSyncExternalStore(
    (changed) => service?.onStateChange(changed) ?? (() => undefined),
    () => service?.state ?? before,
  );
}

function asCallError(error: unknown): CallError {
  return error instanceof CallError
    ? error
    : new CallError("refused", error instanceof Error ? error.message : "");
}
