import { useState } from "react";
import type { Appointment } from "../../shared/api/schema";
import { Calendar } from "../appointments";
import { AppointmentCall } from "./AppointmentCall";

/** The provider's calendar, from which calls begin as well. */
export function CalendarPage() {
  const [chosen, setChosen] = useState<Appointment | null>(null);
  return (
    <>
      <Calendar onStart={setChosen} />
      <AppointmentCall one={chosen} onClose={() => setChosen(null)} />
    </>
  );
}
