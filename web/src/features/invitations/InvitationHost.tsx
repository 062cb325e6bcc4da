import { useCallback, useEffect, useState } from "react";
import { useLocation } from "wouter";
import { ApiError } from "../../shared/api/client";
import { shown } from "../../shared/api/consentTexts";
import { api } from "../../shared/api/endpoints";
import { words } from "../../shared/api/refusals";
import type { ConsentText } from "../../shared/api/schema";
import type { MessageOf } from "../../shared/api/signaling/client";
import { t } from "../../shared/i18n";
import { Button } from "../../shared/ui/Button";
import { Decision, Dialog } from "../../shared/ui/Dialog";
import { flashTitle } from "../../shared/ui/title";
import { isWaitingFor } from "../appointments";
import { entryOf, forgetEntry, rememberEntry } from "../calls";
import { useServerMessage, useSession } from "../identity";
import { silence } from "./closed/bell";
import { InvitationDialog } from "./InvitationDialog";
import { startRinging } from "./ring";

type Invitation = MessageOf<"call_invitation">;
type Closed = MessageOf<"invitation_closed">["reason"];

/** Rings on every page while somebody calls, or asks into a call that runs, and leads into it. */
export function InvitationHost() {
  const [, navigate] = useLocation();
  const { renewSettings } = useSession();
  const [invitation, setInvitation] = useState<Invitation | null>(null);
  const [farewell, setFarewell] = useState<string | null>(null);
  const [declining, setDeclining] = useState(false);
  const [accepting, setAccepting] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  const close = useCallback(() => {
    setInvitation(null);
    setDeclining(false);
    setAccepting(false);
    setProblem(null);
  }, []);

  const accept = (invitation: Invitation, recording_consent: boolean, text?: ConsentText) => {
    const { room_id } = invitation;
    const ready = api.acceptCall({
      room_id,
      recording_consent,
      consent_text: text ? shown(text) : null,
    });
    rememberEntry(room_id, {
      otherName: invitation.provider_name,
      isProvider: false,
      isPatient: invitation.side === "patient",
      audioOnly: invitation.audio_only,
      watching: invitation.side === "observer",
      ready,
    });
    setAccepting(true);
    void silence();
    navigate(`/room/${room_id}`);
    ready.then(close, async (error: unknown) => {
      if (!(error instanceof ApiError && error.code === "consent_text_changed")) return close();
      await renewSettings().catch(() => undefined); // then the old text is refused once more
      forgetEntry(room_id);
      navigate("/");
      setProblem(words(error));
      setAccepting(false);
    });
  };

  useServerMessage("call_invitation", (message) => {
    setFarewell(null);
    setInvitation(message);
    // Whoever waits has said that they come; a recording is a question of its own.
    const expected = message.side === "patient" && isWaitingFor(message.appointment_id);
    if (expected && !message.recording_enabled) accept(message, false);
  });
  useServerMessage("invitation_closed", ({ room_id, reason }) => {
    void silence();
    if (room_id !== invitation?.room_id) return;
    close();
    const acceptedHere = entryOf(room_id) !== undefined;
    if (!acceptedHere) setFarewell(farewellFor(reason, invitation.provider_name));
  });
  useServerMessage("call_ended", ({ room_id }) => {
    if (room_id === invitation?.room_id) close();
  });
  useRinging(invitation !== null && !accepting);

  if (invitation === null) {
    return farewell ? <Farewell text={farewell} onClose={() => setFarewell(null)} /> : null;
  }
  if (accepting) return null;
  const { room_id } = invitation;
  return (
    <InvitationDialog
      key={room_id}
      invitation={invitation}
      isDeclining={declining}
      problem={problem}
      onAccept={(consent, text) => accept(invitation, consent, text)}
      onDecline={() => {
        setDeclining(true);
        api.declineCall(room_id).then(close, (error: unknown) => {
          setDeclining(false);
          setProblem(words(error));
        });
      }}
      onExpired={close}
    />
  );
}

function farewellFor(reason: Closed, name: string): string | null {
  switch (reason) {
    case "cancelled":
      return t("invitation.endedCancelled");
    case "missed":
      return t("invitation.endedMissed", { name });
    case "accepted":
      return t("invitation.endedElsewhere");
    case "declined":
      return null;
  }
}

function useRinging(active: boolean): void {
  useEffect(() => {
    if (!active) return;
    const stopSound = startRinging();
    const stopFlash = flashTitle(t("invitation.titleFlash"));
    return () => {
      stopSound();
      stopFlash();
    };
  }, [active]);
}

function Farewell({ text, onClose }: { text: string; onClose: () => void }) {
  return (
    <Dialog isOpen onClose={onClose} title={text}>
      <Decision>
        <Button onPress={onClose}>{t("common.close")}</Button>
      </Decision>
    </Dialog>
  );
}
