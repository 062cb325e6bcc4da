import type { Appointment, Waiting } from "../../shared/api/schema";
import { StartCallDialog } from "./StartCallDialog";
import { usePatients } from "./usePatients";

/** The call for an appointment, before it rings. */
export function AppointmentCall({
  one,
  waiting,
  onClose,
}: {
  one: Appointment | null;
  /** From useWaiting. */
  waiting: ReadonlyMap<string, Waiting>;
  onClose: () => void;
}) {
  const { value } = usePatients();
  if (!one) return null;
  const { patient_id, patient_name, appointment_id } = one;
  const known = value?.patients.find(({ user_id }) => user_id === patient_id);
  const unknown = { user_id: patient_id, name: patient_name, online: false, birth_date: null };
  return (
    <StartCallDialog
      patient={known ?? unknown}
      appointmentId={appointment_id}
      isWaiting={waiting.has(appointment_id)}
      onClose={onClose}
    />
  );
}
