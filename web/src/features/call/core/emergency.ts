/**
 * Raising an emergency goes over HTTP: it must get through while the socket or the media is away.
 */
import type { EmergencyRaised } from "../../../shared/api/schema";
import type { SignalingOptions } from "../../../shared/api/signaling/client";
import { CallError } from "./errors";
import { send } from "./http";
import type { Emergency } from "./state";

/**
 * Raises CallError("emergency_failed") if the server could not be told: the page then says to call
 * by phone.
 */
export async function raiseEmergency(
  options: SignalingOptions,
  roomId: string,
): Promise<Emergency> {
  try {
    const response = await send(options, "POST", "call/emergency", { room_id: roomId });
    if (!response.ok) throw new CallError("emergency_failed", String(response.status));
    const { phone, instructions, practice_phone, reached, pending } =
      (await response.json()) as EmergencyRaised;
    return {
      raisedBy: "",
      phone,
      instructions,
      practicePhone: practice_phone,
      reached,
      pending,
      acknowledgedBy: null,
    };
  } catch (error) {
    throw error instanceof CallError ? error : new CallError("emergency_failed", String(error));
  }
}
