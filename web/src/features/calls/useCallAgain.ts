import { useCallback } from "react";
import { useLocation } from "wouter";
import { api } from "../../shared/api/endpoints";
import { rememberEntry } from "./entries";

/** Calls the patient of that call again, as it was begun. Rejects with ApiError. */
export function useCallAgain(roomId: string): () => Promise<void> {
  const [, navigate] = useLocation();
  return useCallback(async () => {
    const { patient_id, patient_name, ...call } = await api.call(roomId);
    const { recording_enabled, audio_only, appointment_id } = call;
    const { room_id } = await api.initiateCall({
      patient_id,
      recording_enabled,
      audio_only,
      appointment_id,
    });
    rememberEntry(room_id, {
      otherName: patient_name,
      isProvider: true,
      patientId: patient_id,
      audioOnly: audio_only,
    });
    navigate(`/room/${room_id}`, { replace: true });
  }, [roomId, navigate]);
}
