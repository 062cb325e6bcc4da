/** The front door of the check-in: devices, sound and connection, tried before a call. */

export { CheckInCard } from "./CheckInCard";
export { CheckInSection } from "./CheckInSection";
