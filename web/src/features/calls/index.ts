/**
 * The front door of the calls that there are and were: lists of them, the way into one, and their
 * pages.
 */

export { ActiveCallNotice } from "./ActiveCallNotice";
export { Beside } from "./Beside";
export { useChatPart } from "./chatPart";
export { entryOf, forgetEntry, rememberEntry } from "./entries";
export { isLive } from "./outcome";
export { RecentCalls } from "./RecentCalls";
export { useCalls } from "./useCalls";

export const pages = {
  history: async () => (await import("./CallsPage")).CallsPage,
  room: async () => (await import("./RoomPage")).RoomPage,
};
