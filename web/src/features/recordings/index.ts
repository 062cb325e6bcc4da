/**
 * The front door of recordings: the pages of staff, what they hear of on every page, and what an
 * exported recording shows, too.
 */

export { AccessAlerts } from "./access/AccessAlerts";
export { AccessProvider } from "./access/AccessProvider";
export { useWaiting } from "./access/useWaiting";

export const pages = {
  list: async () => (await import("./RecordingsPage")).RecordingsPage,
  access: async () => (await import("./access/AccessPage")).AccessPage,
  emergency: async () => (await import("./emergency/EmergencyPage")).EmergencyPage,
  requests: async () => (await import("./RequestsPage")).RequestsPage,
  recording: async () => (await import("./RecordingPage")).RecordingPage,
};

export const bundled = () => import("./bundled");
