import { MessageSquare } from "lucide-react";
import { useMemo } from "react";
import type { ChatEntry } from "../../shared/api/schema";
import { t } from "../../shared/i18n";
import { type ChatAsking, type Erasing, panels, useChat, type Wire } from "../chat";
import { attempted } from "./attempts";
import type { BesideProps } from "./Beside";
import type { BesidePart } from "./besideParts";

const ChatPanel = attempted(panels.chat);

export interface ChatOf {
  roomId: string;
  userId: string;
  /** The socket of the page that carries the call. */
  wire: Wire;
  asking?: ChatAsking;
  erase?: Erasing | undefined;
}

/** The chat beside a call, and what is said of it while it is closed. */
export function useChatPart(of: ChatOf): { part: BesidePart; news: BesideProps["news"] } {
  const { roomId, userId, wire, asking, erase } = of;
  const [log, { entries, unread }] = useChat(roomId, userId, wire, asking);
  const Content = useMemo(
    () =>
      ({ isOpen }: { isOpen: boolean }) => (
        <ChatPanel log={log} userId={userId} isShown={isOpen} erase={erase} />
      ),
    [log, userId, erase],
  );
  const part: BesidePart = {
    id: "chat",
    title: t("chat.title"),
    short: t("chat.title"),
    Icon: MessageSquare,
    Content,
    unread: unread > 0 ? { count: unread, label: t("chat.unread", { count: unread }) } : undefined,
  };
  const last = entries.findLast(({ author_id }) => author_id !== userId);
  const news = unread > 0 && last ? { key: last.number, words: heardWords(last) } : null;
  return { part, news };
}

function heardWords({ author_name: name, text, file }: ChatEntry): string {
  return file
    ? t("chat.heardFile", { name, file: file.name ?? "" })
    : t("chat.heard", { name, text: text ?? "" });
}
