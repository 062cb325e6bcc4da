/** Letting a call last longer: for its provider. */

import { ApiError, problemOf } from "../../../shared/api/client";
import type { ExtendCall } from "../../../shared/api/schema";
import type { SignalingOptions } from "../../../shared/api/signaling/client";
import { send } from "./http";

/** Rejects with ApiError. Everybody in the call hears of it on their socket. */
export async function extendCall(
  options: SignalingOptions,
  roomId: string,
  minutes: number,
): Promise<void> {
  const body: ExtendCall = { minutes };
  const path = `call/${encodeURIComponent(roomId)}/extend`;
  const response = await send(options, "POST", path, body).catch(() => {
    throw new ApiError(0, "network");
  });
  if (!response.ok) throw await problemOf(response);
}
