import { useState } from "react";
import type { Appointment } from "../../shared/api/schema";
import { Calendar, useWaiting } from "../appointments";
import { AppointmentCall } from "./AppointmentCall";

/** The provider's calendar, from which calls begin as well. */
export function CalendarPage() {
  const waiting = useWaiting();
  const [chosen, setChosen] = useState<Appointment | null>(null);
  return (
    <>
      <Calendar onStart={setChosen} />
      <AppointmentCall one={chosen} waiting={waiting} onClose={() => setChosen(null)} />
    </>
  );
}
