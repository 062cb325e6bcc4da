/** The front door of a call's chat. */

export type { Erasing } from "./ChatPanel";
export type { ChatState, Wire } from "./log";
export type { Asking as ChatAsking } from "./store";
export { useChat } from "./useChat";

export const panels = {
  chat: async () => (await import("./ChatPanel")).ChatPanel,
  erase: async () => (await import("./EraseUnread")).EraseUnread,
};
