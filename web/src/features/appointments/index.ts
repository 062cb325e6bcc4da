/** The front door of appointments: a provider's calendar, a patient's agenda, and today. */

export { Calendar } from "./Calendar";
export { NextAppointment } from "./NextAppointment";
export { Today } from "./Today";
export { useComing, useToday } from "./useAppointments";
export { useWaiting } from "./useWaiting";
export { WaitingPlace } from "./WaitingPlace";
export { isWaitingFor } from "./waits";
export { formatTimes, formatWeekday } from "./words";

export const pages = {
  agenda: async () => (await import("./AgendaPage")).AgendaPage,
};
