import { ClipboardList, LifeBuoy, MapPin, NotebookPen } from "lucide-react";
import { type ReactNode, Suspense, useEffect, useMemo, useState } from "react";
import { api } from "../../shared/api/endpoints";
import type { Call } from "../../shared/api/schema";
import { t } from "../../shared/i18n";
import { CrashBoundary } from "../../shared/ui/CrashBoundary";
import { panels as chatPanels, useChat } from "../chat";
import { useIdentity, useServerMessage, useSignaling } from "../identity";
import { IntakePanel } from "../intake";
import { panels as notePanels } from "../notes";
import { panels as safetyPanels } from "../safety";
import { Attempts, attempted } from "./attempts";
import type { BesideProps } from "./Beside";
import type { BesidePart } from "./besideParts";
import { useChatPart } from "./chatPart";
import type { Entry } from "./entries";

const ChatPanel = attempted(chatPanels.chat);
const EraseUnread = attempted(chatPanels.erase);
const NotePanel = attempted(notePanels.note);
const SafetyPanel = attempted(safetyPanels.safety);
const CrisisAfterwards = attempted(safetyPanels.afterwards);
const PlaceBar = attempted(safetyPanels.bar);
const PlacePanel = attempted(safetyPanels.own);

/**
 * What the reader has beside the video, and what is said of it while it is closed. The provider of
 * a call, who alone is told whose it is, has also what its patient answered before; the patient,
 * where they have said they are.
 */
export function useParts(
  roomId: string,
  { patientId, isPatient = false }: Pick<Entry, "patientId" | "isPatient">,
): Pick<BesideProps, "parts" | "news"> {
  const { user_id, role } = useIdentity();
  const erase = useMemo(
    () => (patientId === undefined ? undefined : eraser(roomId)),
    [roomId, patientId],
  );
  useEffect(() => {
    if (patientId !== undefined) SafetyPanel.load(); // while the network is good
  }, [patientId]);
  const wire = useSignaling();
  const { part: chat, news } = useChatPart({ roomId, userId: user_id, wire, erase });
  const contents = useMemo(
    () => ({
      note: ({ isOpen }: { isOpen: boolean }) => (
        <NotePanel roomId={roomId} userId={user_id} isShown={isOpen} fills />
      ),
      safety: () => <Safety roomId={roomId} />,
      place: () => <PlacePanel roomId={roomId} />,
      intake: () =>
        patientId !== undefined && <IntakePanel patientId={patientId} isTitled={false} />,
    }),
    [roomId, user_id, patientId],
  );
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
  const safety: BesidePart = {
    id: "safety",
    title: t("safety.title"),
    short: t("safety.title"),
    Icon: LifeBuoy,
    Content: contents.safety,
  };
  const place: BesidePart = {
    id: "place",
    title: t("place.yours"),
    short: t("place.short"),
    Icon: MapPin,
    Content: contents.place,
  };
  const own = [...(role === "provider" ? [note] : []), ...(isPatient ? [place] : [])];
  const theirs = patientId === undefined ? [] : [intake, safety];
  return { parts: [chat, ...own, ...theirs], news };
}

/** How often something of a crisis may have changed since this was first shown. */
function useCrisisNews(roomId: string): number {
  const [count, setCount] = useState(0);
  const [people, setPeople] = useState("");
  const again = () => setCount((before) => before + 1);
  useServerMessage("call_emergency", ({ room_id }) => room_id === roomId && again());
  // What there was while the connection was lost is not told again.
  useServerMessage("call_joined", ({ room_id }) => room_id === roomId && again());
  useServerMessage("call_limit", ({ room_id }) => room_id === roomId && again());
  useServerMessage("participants", ({ room_id, participants }) => {
    const now = participants.map(({ user_id, invited }) => `${user_id} ${invited}`).join();
    if (room_id !== roomId || now === people) return;
    setPeople(now);
    if (people !== "") again();
  });
  return count;
}

/** How often the patient of the call has said where they are since this was first shown. */
function usePlaceNews(roomId: string): number {
  const [count, setCount] = useState(0);
  useServerMessage("place_stated", ({ room_id }) => {
    if (room_id === roomId) setCount((before) => before + 1);
  });
  return count;
}

function Safety({ roomId }: { roomId: string }) {
  const news = usePlaceNews(roomId) + useCrisisNews(roomId);
  return <SafetyPanel roomId={roomId} news={news} />;
}

function hadCrisis({ emergency, end_reason }: Call): boolean {
  return emergency !== null || end_reason === "disconnected";
}

/** The panel that opens by itself, each time that there is an emergency anew. */
export function useSummons(roomId: string, isProvider: boolean): BesideProps["summons"] {
  const [raisedAt, setRaisedAt] = useState<string | null>(null);
  useServerMessage("call_emergency", ({ room_id, raised_at }) => {
    if (room_id === roomId) setRaisedAt(raised_at);
  });
  useServerMessage("call_joined", ({ room_id, emergency }) => {
    if (room_id === roomId && emergency !== null) setRaisedAt(emergency.raised_at);
  });
  return isProvider && raisedAt !== null ? { id: "safety", key: raisedAt } : null;
}

/** For the patient, where they are, until they have answered; for the provider, that they have. */
export function Place({ roomId, isPatient }: { roomId: string; isPatient: boolean }) {
  const news = usePlaceNews(roomId);
  if (!isPatient)
    return (
      <p role="status" className="sr-only">
        {news > 0 && <span key={news}>{t("safety.news")}</span>}
      </p>
    );
  return (
    <CrashBoundary place="place" crashed={() => null}>
      <Suspense>
        <PlaceBar roomId={roomId} />
      </Suspense>
    </CrashBoundary>
  );
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
          <EraseUnread erase={eraser(call.room_id).chat} />
        </Section>
      )}
      {user_id === call.provider_id && hadCrisis(call) && (
        <Section title={t("safety.title")}>
          <CrisisAfterwards roomId={call.room_id} />
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

/** What erases the chat of that call, and single files of it. */
const eraser = (roomId: string) => ({
  chat: (reason: string) => api.eraseChat(roomId, reason),
  file: (fileId: string, reason: string) => api.eraseFile(roomId, fileId, reason),
});

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
      <Attempts>{children}</Attempts>
    </section>
  );
}
