import { Circle, CircleDot, Mic, Phone, PhoneOff, Video } from "lucide-react";
import { lazy, Suspense, useEffect, useId, useRef, useState } from "react";
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from "react-aria-components";
import { textForReader } from "../../shared/api/consentTexts";
import type { ConsentText } from "../../shared/api/schema";
import type { MessageOf } from "../../shared/api/signaling/client";
import { t } from "../../shared/i18n";
import { Avatar } from "../../shared/ui/Avatar";
import { Button } from "../../shared/ui/Button";
import { CrashBoundary } from "../../shared/ui/CrashBoundary";
import { Notice } from "../../shared/ui/Notice";
import { CheckInSection } from "../checkin";
import { useSettings } from "../identity";
import { panels } from "../safety";
import { ConsentChoice } from "./ConsentChoice";
import { ConsentWords } from "./ConsentWords";

// Nobody waits for it who accepts at once: they are asked in the call.
const PlaceQuestion = lazy(async () => ({ default: await panels.question() }));

export interface InvitationDialogProps {
  invitation: MessageOf<"call_invitation">;
  isDeclining: boolean;
  problem: string | null;
  /** With the text that was shown; none, where nobody is asked. */
  onAccept: (recordingConsent: boolean, text?: ConsentText) => void;
  onDecline: () => void;
  /** The time to answer is over and the server said nothing: the connection may be down. */
  onExpired: () => void;
}

/**
 * Who calls, whether it is to be recorded, and the choice: the whole attention, left only by a
 * decision.
 */
export function InvitationDialog(props: InvitationDialogProps) {
  const { recording_enabled, side, expires_at } = props.invitation;
  const asked = recording_enabled && side !== "observer"; // who is not recorded is not asked
  const [consent, setConsent] = useState<boolean | null>(null);
  const [reminded, setReminded] = useState(false);
  const { consent_texts: texts } = useSettings();
  const [language, setLanguage] = useState<string>();
  const text = texts.find((each) => each.language === language) ?? textForReader(texts);
  const hint = useId();
  const choice = useRef<HTMLDivElement>(null);
  useExpiry(expires_at, props.onExpired);

  const accept = () => {
    if (!asked) return props.onAccept(false);
    if (consent !== null) return props.onAccept(consent, text);
    setReminded(true);
    choice.current?.querySelector("input")?.focus({ preventScroll: true });
    choice.current?.scrollIntoView({ block: "center" });
  };

  return (
    <ModalOverlay
      isOpen
      isKeyboardDismissDisabled
      className="safe-x fixed inset-0 z-50 flex items-end justify-center bg-brand/85 backdrop-blur-sm sm:items-center sm:p-6 short:p-0"
    >
      <Modal className="max-h-[96dvh] w-full scroll-pb-28 overflow-y-auto overscroll-contain rounded-t-3xl bg-raised shadow-float data-entering:animate-rise sm:max-w-lg sm:rounded-3xl short:max-w-2xl tiny:scroll-pb-40">
        <AriaDialog
          role="alertdialog"
          className={`px-5 pt-11 outline-none sm:px-8 compact:pt-6 short:px-4 short:pt-4 ${asked ? "not-tall:pt-7" : ""}`}
        >
          <Caller invitation={props.invitation} isCrowded={asked} />
          {props.problem && (
            <Notice tone="bad" className="mt-5">
              {props.problem}
            </Notice>
          )}
          {side === "patient" && (
            <CrashBoundary place="place" crashed={() => null}>
              <Suspense>
                <PlaceQuestion
                  visit={{ room_id: props.invitation.room_id }}
                  className="mt-5 short:mt-3"
                  once
                />
              </Suspense>
            </CrashBoundary>
          )}
          {side !== "observer" && <CheckInSection className="mt-5 short:mt-3" />}
          {asked && text && <ConsentWords text={text} texts={texts} onChoose={setLanguage} />}
          {/* Both choices stay in sight where there is room, the answer always; text scrolls. */}
          <div className="bottom-0 contents border-line roomy:sticky roomy:-mx-5 roomy:mt-6 roomy:block roomy:border-t roomy:bg-raised roomy:px-5 roomy:sm:-mx-8 roomy:sm:px-8">
            {asked && <ConsentChoice ref={choice} value={consent} onChange={setConsent} />}
            <div className="sticky bottom-0 -mx-5 mt-4 border-t border-line bg-raised px-5 pt-3 pb-[max(1.25rem,env(safe-area-inset-bottom))] sm:-mx-8 sm:px-8 short:-mx-4 short:mt-2 short:px-4 short:pt-2 short:pb-[max(0.75rem,env(safe-area-inset-bottom))] roomy:mt-0 roomy:border-0">
              {asked && consent === null && <Hint id={hint} reminded={reminded} />}
              <div className="grid grid-cols-2 gap-3 short:gap-2">
                <Button
                  variant="danger"
                  size="large"
                  className="tiny:px-2 short:min-h-11"
                  onPress={props.onDecline}
                  isPending={props.isDeclining}
                >
                  <PhoneOff aria-hidden className="size-5" />
                  {t("invitation.decline")}
                </Button>
                <Button
                  size="large"
                  className="tiny:px-2 short:min-h-11"
                  onPress={accept}
                  aria-describedby={asked && consent === null ? hint : ""}
                >
                  <Phone aria-hidden className="size-5" />
                  {t("invitation.accept")}
                </Button>
              </div>
            </div>
          </div>
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}

interface CallerProps extends Pick<InvitationDialogProps, "invitation"> {
  /** What is to be read below takes the room of the picture, where there is little. */
  isCrowded: boolean;
}

function Caller({ invitation, isCrowded }: CallerProps) {
  const { provider_name: name, recording_enabled, audio_only, side } = invitation;
  const isGuest = side !== "patient";
  const Kind = audio_only ? Mic : Video;
  return (
    <div className="flex flex-col items-center text-center">
      <span
        className={`relative mb-9 inline-flex compact:hidden tiny:hidden ${isCrowded ? "not-tall:hidden" : ""}`}
      >
        <span aria-hidden className="absolute inset-0 animate-ring rounded-full bg-pulse" />
        <Avatar name={name} size="large" />
      </span>
      <Heading
        slot="title"
        dir="auto"
        title={name}
        className="line-clamp-3 text-2xl font-bold tracking-tight wrap-anywhere short:line-clamp-2 short:text-xl"
      >
        {t(isGuest ? "invitation.joinTitle" : "invitation.title", { name })}
      </Heading>
      {isGuest && <p className="mt-1.5 font-medium">{t(`invitation.as.${side}`)}</p>}
      <p className="mt-2 flex flex-wrap items-center justify-center gap-x-4 gap-y-1 text-muted">
        <span className="inline-flex items-center gap-1.5">
          <Kind aria-hidden className="size-4" />
          {t(audio_only ? "invitation.audio" : "invitation.video")}
        </span>
        <span className="inline-flex items-center gap-1.5">
          {recording_enabled ? (
            <CircleDot aria-hidden className="size-4 text-danger" />
          ) : (
            <Circle aria-hidden className="size-4" />
          )}
          {t(recording_enabled ? "invitation.recorded" : "invitation.notRecorded")}
        </span>
      </p>
    </div>
  );
}

function Hint({ id, reminded }: { id: string; reminded: boolean }) {
  return (
    <p
      id={id}
      role={reminded ? "alert" : undefined}
      className={`mb-3 text-sm short:mb-1.5 ${reminded ? "font-semibold text-danger-ink" : "text-muted"}`}
    >
      {t("invitation.choose")}
    </p>
  );
}

/**
 * Five seconds more than the server's ring time: it has the last word, this only tidies up without
 * it.
 */
const GRACE_MS = 5000;

function useExpiry(expiresAt: string, onExpired: () => void): void {
  useEffect(() => {
    const left = new Date(expiresAt).getTime() - Date.now();
    const timer = setTimeout(onExpired, Math.max(0, left) + GRACE_MS);
    return () => clearTimeout(timer);
  }, [expiresAt, onExpired]);
}
