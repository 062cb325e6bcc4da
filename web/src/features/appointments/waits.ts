/** For which appointments this page waits: a call for one of them needs no further press. */
const waits = new Set<string>();

export const startWaiting = (appointmentId: string) => waits.add(appointmentId);
export const stopWaiting = (appointmentId: string) => waits.delete(appointmentId);
export const isWaitingFor = (appointmentId: string | null) =>
  appointmentId !== null && waits.has(appointmentId);
