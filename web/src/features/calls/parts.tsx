import { ClipboardList, MessageSquare, NotebookPen } from "lucide-react";
import { lazy, type ReactNode, Suspense, useMemo } from "react";
import { api } from "../../shared/api/endpoints";
import type { Call } from "../../shared/api/schema";
import { t } from "../../shared/i18n";
import { Spinner } from "../../shared/ui/Spinner";
import { panels as chatPanels, useChat } from "../chat";
import { useIdentity, useSignaling } from "../identity";
import { IntakePanel } from "../intake";
import { panels as notePanels } from "../notes";
import type { BesideProps } from "./Beside";
import type { BesidePart } from "./besideParts";

const ChatPanel = lazy(async () => ({ default: await chatPanels.chat() }));
const EraseUnread = lazy(async () => ({ default: await chatPanels.erase() }));
const NotePanel = lazy(async () => ({ default: await notePanels.note() }));

/**
 * What the reader has beside the video, and what is said of it while it is closed. The provider of
 * a call, who alone is told whose it is, has also what its patient answered before.
 */
export function useParts(roomId: string, patientId?: string): Pick<BesideProps, "parts" | "news"> {
  const { user_id, role } = useIdentity();
  const [log, { entries, unread }] = useChat(roomId, user_id, useSignaling());
  const contents = useMemo(
    () => ({
      chat: ({ isOpen }: { isOpen: boolean }) => (
        <ChatPanel
          log={log}
          userId={user_id}
          isShown={isOpen}
          erase={patientId === undefined ? undefined : eraser(roomId)}
        />
      ),
      note: ({ isOpen }: { isOpen: boolean }) => (
        <NotePanel roomId={roomId} userId={user_id} isShown={isOpen} fills />
      ),
      intake: () =>
        patientId !== undefined && <IntakePanel patientId={patientId} isTitled={false} />,
    }),
    [log, roomId, user_id, patientId],
  );
  const chat: BesidePart = {
    id: "chat",
    title: t("chat.title"),
    short: t("chat.title"),
    Icon: MessageSquare,
    Content: contents.chat,
    unread: unread > 0 ? { count: unread, label: t("chat.unread", { count: unread }) } : undefined,
  };
  const note: BesidePart = {
    id: "note",
    title: t("notes.title"),
    short: t("notes.short"),
    Icon: NotebookPen,
    Content: contents.note,
  };
  const intake: BesidePart = {
    id: "intake",
    title: t("intake.beside"),
    short: t("intake.answers"),
    Icon: ClipboardList,
    Content: contents.intake,
  };
  const last = entries.findLast(({ author_id }) => author_id !== user_id);
  const news =
    unread > 0 && last
      ? {
          key: last.number,
          words: t("chat.heard", { name: last.author_name, text: last.text ?? "" }),
        }
      : null;
  const own = role === "provider" ? [note] : [];
  const theirs = patientId === undefined ? [] : [intake];
  return { parts: [chat, ...own, ...theirs], news };
}

/** The same of a call that is over. */
export function Afterwards({ call }: { call: Call }) {
  const { user_id, role } = useIdentity();
  const isOfTwo = user_id === call.patient_id || user_id === call.provider_id;
  return (
    <>
      {isOfTwo && <ChatAfterwards roomId={call.room_id} isOwn={user_id === call.provider_id} />}
      {role === "compliance" && (
        <Section title={t("chat.title")}>
          <EraseUnread erase={eraser(call.room_id)} />
        </Section>
      )}
      {role === "provider" && (
        <Section title={t("notes.title")}>
          <NotePanel roomId={call.room_id} userId={user_id} />
        </Section>
      )}
    </>
  );
}

/** Erases the chat of that call, for a reason. */
const eraser = (roomId: string) => (reason: string) => api.eraseChat(roomId, reason);

function ChatAfterwards({ roomId, isOwn }: { roomId: string; isOwn: boolean }) {
  const { user_id } = useIdentity();
  const [log] = useChat(roomId, user_id, useSignaling());
  return (
    <Section title={t("chat.title")}>
      <ChatPanel log={log} userId={user_id} erase={isOwn ? eraser(roomId) : undefined} isOver />
    </Section>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section
      aria-label={title}
      className="w-full max-w-2xl rounded-card bg-surface p-4 text-start shadow-card ring-1 ring-line"
    >
      <h2 className="mb-2 text-base font-bold">{title}</h2>
      <Suspense fallback={<Spinner className="mx-auto size-6 text-accent-ink" />}>
        {children}
      </Suspense>
    </section>
  );
}
