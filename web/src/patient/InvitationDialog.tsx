import { Circle, CircleDot, Mic, Phone, PhoneOff, Video } from "lucide-react";
import { useEffect, useId, useState } from "react";
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from "react-aria-components";
import type { MessageOf } from "../call/signaling";
import { Avatar } from "../components/Avatar";
import { Button } from "../components/Button";
import { Notice } from "../components/Notice";
import { t } from "../i18n";
import { useSettings } from "../session/session";
import { ConsentChoice } from "./ConsentChoice";

export interface InvitationDialogProps {
  invitation: MessageOf<"call_invitation">;
  isDeclining: boolean;
  problem: string | null;
  onAccept: (recordingConsent: boolean) => void;
  onDecline: () => void;
  /** The time to answer is over and the server said nothing: the connection may be down. */
  onExpired: () => void;
}

/** Who calls, whether it is to be recorded, and the choice: the whole attention, left only by a decision. */
export function InvitationDialog(props: InvitationDialogProps) {
  const { provider_name: name, recording_enabled, audio_only, expires_at } = props.invitation;
  const [consent, setConsent] = useState<boolean | null>(null);
  const [reminded, setReminded] = useState(false);
  const hint = useId();
  useExpiry(expires_at, props.onExpired);

  const accept = () => {
    if (!recording_enabled) return props.onAccept(false);
    if (consent === null) return setReminded(true);
    props.onAccept(consent);
  };
  const Kind = audio_only ? Mic : Video;

  return (
    <ModalOverlay
      isOpen
      isKeyboardDismissDisabled
      className="fixed inset-0 z-50 flex items-end justify-center bg-pine-900/85 backdrop-blur-sm sm:items-center sm:p-6"
    >
      <Modal className="max-h-[96dvh] w-full overflow-y-auto overscroll-contain rounded-t-3xl bg-surface shadow-float data-entering:animate-rise sm:max-w-lg sm:rounded-3xl">
        <AriaDialog role="alertdialog" className="px-5 pt-11 pb-6 outline-none sm:px-8">
          <div className="flex flex-col items-center text-center">
            <span className="relative mb-9 inline-flex">
              <span aria-hidden className="absolute inset-0 animate-ring rounded-full bg-pine-300" />
              <Avatar name={name} size="large" />
            </span>
            <Heading slot="title" className="text-2xl font-bold tracking-tight">
              {t("invitation.title", { name })}
            </Heading>
            <p className="mt-2 flex flex-wrap items-center justify-center gap-x-4 gap-y-1 text-ink-soft">
              <span className="inline-flex items-center gap-1.5">
                <Kind aria-hidden className="size-4" />
                {t(audio_only ? "invitation.audio" : "invitation.video")}
              </span>
              <span className="inline-flex items-center gap-1.5">
                {recording_enabled ? (
                  <CircleDot aria-hidden className="size-4 text-rose-600" />
                ) : (
                  <Circle aria-hidden className="size-4" />
                )}
                {t(recording_enabled ? "invitation.recorded" : "invitation.notRecorded")}
              </span>
            </p>
          </div>
          {recording_enabled && (
            <Consent
              value={consent}
              onChange={setConsent}
              hint={hint}
              reminded={reminded && consent === null}
            />
          )}
          {props.problem && (
            <Notice tone="bad" className="mt-5">
              {props.problem}
            </Notice>
          )}
          <div className="mt-6 grid grid-cols-2 gap-3">
            <Button variant="danger" size="large" onPress={props.onDecline} isPending={props.isDeclining}>
              <PhoneOff aria-hidden className="size-5" />
              {t("invitation.decline")}
            </Button>
            <Button
              size="large"
              onPress={accept}
              aria-describedby={recording_enabled && consent === null ? hint : ""}
            >
              <Phone aria-hidden className="size-5" />
              {t("invitation.accept")}
            </Button>
          </div>
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}

interface ConsentProps {
  value: boolean | null;
  onChange: (consent: boolean) => void;
  hint: string;
  reminded: boolean;
}

function Consent({ value, onChange, hint, reminded }: ConsentProps) {
  const { consent } = useSettings();
  return (
    <div className="mt-6">
      <section
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a text that scrolls must be scrollable by keyboard
        tabIndex={0}
        aria-label={t("invitation.consentText", { version: consent.version })}
        lang={consent.language}
        className="max-h-36 overflow-y-auto rounded-control bg-paper px-4 py-3 text-[0.9375rem] leading-relaxed whitespace-pre-line ring-1 ring-line ring-inset"
      >
        {consent.text}
      </section>
      <ConsentChoice value={value} onChange={onChange} />
      <p
        id={hint}
        role={reminded ? "alert" : undefined}
        className={reminded ? "mt-3 text-sm font-semibold text-rose-700" : "mt-3 text-sm text-ink-soft"}
      >
        {value === null ? t("invitation.choose") : " "}
      </p>
    </div>
  );
}

/** Five seconds more than the server's ring time: it has the last word, this only tidies up without it. */
const GRACE_MS = 5000;

function useExpiry(expiresAt: string, onExpired: () => void): void {
  useEffect(() => {
    const left = new Date(expiresAt).getTime() - Date.now();
    const timer = setTimeout(onExpired, Math.max(0, left) + GRACE_MS);
    return () => clearTimeout(timer);
  }, [expiresAt, onExpired]);
}
