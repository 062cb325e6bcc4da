import { type ReactNode, useEffect, useMemo } from "react";
import { SignalingClient } from "../../shared/api/signaling/client";
import { useSession } from "./session";
import { SignalingContext } from "./signaling";

/** One WebSocket for the whole page, as long as somebody is signed in. */
export function SignalingProvider({ userId, children }: { userId: string; children: ReactNode }) {
  const { signedOut } = useSession();
  const client = useMemo(() => new SignalingClient({ userId }), [userId]);
  useEffect(() => {
    const off = client.onStateChange((state) => {
      if (state === "refused") signedOut("expired");
    });
    client.connect();
    return () => {
      off();
      client.close();
    };
  }, [client, signedOut]);
  return <SignalingContext value={client}>{children}</SignalingContext>;
}
