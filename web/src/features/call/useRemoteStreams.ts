import { useEffect, useReducer } from "react";
import type { WebRTCService } from "./core/webrtc";

/** Renders again whenever a stream of somebody else begins or ends. */
export function useRemoteStreams(service: WebRTCService | null): void {
  const [, changed] = useReducer((count: number) => count + 1, 0);
  useEffect(() => service?.onRemoteStream(changed), [service]);
}
