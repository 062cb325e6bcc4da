/** The front door of a call's chat. */

export type { ChatState } from "./log";
export { useChat } from "./useChat";

export const panels = {
  chat: async () => (await import("./ChatPanel")).ChatPanel,
  erase: async () => (await import("./EraseUnread")).EraseUnread,
};
