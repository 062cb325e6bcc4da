import { KeyRound, Play } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import type { RecordingDetail, RecordingPart } from "../../../shared/api/schema";
import { t } from "../../../shared/i18n";
import { formatPercent, formatPosition } from "../../../shared/i18n/format";
import { Button } from "../../../shared/ui/Button";
import { Notice } from "../../../shared/ui/Notice";
import { Spinner } from "../../../shared/ui/Spinner";
import { Approval } from "../access/Approval";
import type { Opening } from "../access/useOpening";
import { type Inability, inability, reloadFor, takeControl, wasReloadedFor } from "./control";
import { KeyDialog } from "./KeyDialog";
import { close, hold, IDLE_MINUTES, useKeyring } from "./keyring";
import { wordsOfTrouble } from "./troubles";
import { type Decryption, type Opened, troublesOf } from "./useDecryption";

export interface SealedPlaybackProps {
  recordingId: string;
  /** Of the key that opens it. */
  keyId: string;
  parts: RecordingDetail["parts"];
  opening: Opening;
  decryption: Decryption;
  /** The player of what was opened. */
  children: (opened: Opened) => ReactNode;
}

/** A recording that the server cannot open, and this browser can with the right key. */
export function SealedPlayback(props: SealedPlaybackProps) {
  const { recordingId, keyId, parts, opening, decryption, children } = props;
  const { opened, problem } = decryption;
  const { key, closed } = useKeyring();
  const [asksKey, setAsksKey] = useState(false);
  const [unable, setUnable] = useState<Inability | null>(inability);

  const begin = async (again: boolean) => {
    try {
      if (!(await takeControl())) {
        if (again) setUnable("no_worker");
        else reloadFor(recordingId);
        return;
      }
    } catch {
      setUnable("no_worker");
      return;
    }
    if (key?.keyId === keyId) opening.open();
    else setAsksKey(true);
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, for who was on their way
  useEffect(() => {
    if (unable === null && wasReloadedFor(recordingId)) void begin(true);
  }, [recordingId]);

  if (unable)
    return (
      <div className="flex flex-col gap-4">
        <Notice tone="care" title={t("sealed.title")}>
          {t(unable === "insecure" ? "sealed.insecure" : "sealed.noWorker")}
        </Notice>
        {opening.needsApproval && (
          <Approval opening={opening} sealed>
            {null}
          </Approval>
        )}
      </div>
    );
  return (
    <div className="flex flex-col gap-4">
      {asksKey && (
        <KeyDialog
          needed={keyId}
          onClose={() => setAsksKey(false)}
          onOpened={(opened) => {
            hold(opened);
            setAsksKey(false);
            opening.open();
          }}
        />
      )}
      {key && <OpenKeyBar />}
      {closed === "idle" && <Notice>{t("sealed.closedIdle", { count: IDLE_MINUTES })}</Notice>}
      {problem && <Notice tone="bad">{problem}</Notice>}
      {opened && <Troubles opened={opened} parts={parts} />}
      {opened ? (
        children(opened)
      ) : (
        <Closed
          opening={opening}
          decryption={decryption}
          hasKey={key?.keyId === keyId}
          onBegin={() => void begin(false)}
        />
      )}
    </div>
  );
}

function OpenKeyBar() {
  return (
    <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 rounded-control bg-subtle px-4 py-2 text-sm text-muted">
      <p className="flex min-w-0 items-center gap-2.5">
        <KeyRound aria-hidden className="size-4 shrink-0" />
        {t("sealed.keyIsOpen", { count: IDLE_MINUTES })}
      </p>
      <Button variant="quiet" size="small" className="ms-auto" onPress={() => close("asked")}>
        {t("sealed.closeKey")}
      </Button>
    </div>
  );
}

interface ClosedProps {
  opening: Opening;
  decryption: Decryption;
  hasKey: boolean;
  onBegin: () => void;
}

/** In place of the player: how to open it, or how far that is. */
function Closed({ opening, decryption, hasKey, onBegin }: ClosedProps) {
  const { isOpening, progress } = decryption;
  const Icon = hasKey ? Play : KeyRound;
  const open = (
    <Button size="large" variant="light" onPress={onBegin} isPending={opening.pending}>
      <Icon aria-hidden className={hasKey ? "size-5 fill-current" : "size-5"} />
      {t(hasKey ? "recording.play" : "sealed.openWithKey")}
    </Button>
  );
  if (opening.needsApproval && !isOpening)
    return (
      <Approval opening={opening} sealed>
        {open}
      </Approval>
    );
  return (
    <div className="flex min-h-72 flex-col items-center justify-center gap-4 rounded-card bg-stage-surface px-6 py-16 text-center text-stage-ink sm:min-h-96">
      {isOpening ? (
        <p role="status" className="flex items-center gap-3 text-stage-muted">
          <Spinner />
          {progress === null
            ? t("sealed.opening")
            : t("sealed.reading", { share: formatPercent(progress) })}
        </p>
      ) : (
        <>
          {open}
          <p className="max-w-lg text-[0.9375rem] text-stage-muted">
            {t(hasKey ? "recording.playNote" : "sealed.note")}
          </p>
        </>
      )}
    </div>
  );
}

/** What is wrong with this part or that, each by its name. */
function Troubles({ opened, parts }: { opened: Opened; parts: readonly RecordingPart[] }) {
  const troubles = troublesOf(opened);
  return (
    <>
      {!opened.isAuthentic && (
        <Notice tone="bad" title={t("recording.changedTitle")}>
          {t("recording.changedText")}
        </Notice>
      )}
      {troubles.length > 0 && (
        <Notice tone="bad" title={t("sealed.troubles")}>
          <ul className="list-disc ps-5">
            {troubles.map(({ partId, trouble }) => (
              <li key={partId}>
                {nameOf(parts.find(({ part_id }) => part_id === partId))}
                {wordsOfTrouble(trouble)}
              </li>
            ))}
          </ul>
        </Notice>
      )}
    </>
  );
}

function nameOf(part: RecordingPart | undefined): string {
  if (!part) return "";
  const source = t(part.source === "screen" ? "recording.screen" : "recording.camera");
  return t("sealed.ofPart", {
    name: part.participant_name,
    source,
    time: formatPosition(part.offset_ms),
  });
}
