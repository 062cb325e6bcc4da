import { useEffect, useMemo, useState, useSyncExternalStore } from "react";
import type { SignalingClient, TokenSource } from "../../shared/api/signaling/client";
import { CallError } from "./core/errors";
import type { CallOptions } from "./core/options";
import { readPreferences } from "./core/preferences";
import { type CallState, initialState } from "./core/state";
import { WebRTCService } from "./core/webrtc";
import { useLatest } from "./useLatest";

export interface CallIdentity {
  roomId: string;
  userId: string;
  audioOnly: boolean;
  watching: boolean;
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

/**
 * Takes part in the call for as long as the component is mounted.
 *
 * Who takes part in which call is told by strings; only another one of them is another call. All
 * else is read when it is used, since a host may well make it anew in each rendering: the token at
 * each connection, the rest as the call begins.
 */
export function useCall(identity: CallIdentity): CallHandle {
  const { roomId, userId, baseUrl } = identity;
  const latest = useLatest(identity);
  const [service, setService] = useState<WebRTCService | null>(null);
  const [failure, setFailure] = useState<CallError | null>(null);

  useEffect(() => {
    const { signaling, token, audioOnly, watching, ready } = latest.current;
    const made = new WebRTCService({
      userId,
      ...(signaling !== undefined && { signaling }),
      ...(token !== undefined && { token: () => (latest.current.token ?? token)() }),
      ...(baseUrl !== undefined && { baseUrl }),
    });
    setService(made);
    setFailure(null);
    let current = true;
    const fail = (error: unknown) => {
      made.dispose(); // the camera's light goes out
      if (current) setFailure(asCallError(error));
    };
    const options = { audioOnly, watching, ...remembered() };
    made.initializeCall(roomId, options).catch(fail);
    made.startCall(ready).catch(fail);
    return () => {
      current = false;
      made.dispose();
    };
  }, [roomId, userId, baseUrl, latest]);

  return { service, state: useCallState(service, userId), failure };
}

/** What was chosen on this machine before. */
function remembered(): CallOptions {
  const { microphone, camera, withMicrophone, withCamera, ...kept } = readPreferences();
  const devices = {
    processing: kept.processing,
    blurs: kept.blurs,
    ...(microphone && { microphoneId: microphone.id, microphoneLabel: microphone.label }),
    ...(camera && { cameraId: camera.id, cameraLabel: camera.label }),
  };
  return { devices, muted: !withMicrophone, cameraOff: !withCamera };
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
