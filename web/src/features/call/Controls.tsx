import {
  CirclePause,
  CirclePlay,
  MonitorOff,
  MonitorUp,
  PhoneOff,
  Users,
  Video,
  VideoOff,
} from "lucide-react";
import { useState } from "react";
import { Toolbar } from "react-aria-components";
import { type MessageKey, t } from "../../shared/i18n";
import { ConfirmDialog } from "../../shared/ui/Dialog";
import { ControlButton } from "./ControlButton";
import type { RememberedDevice } from "./core/preferences";
import { company, endsForAll, isRecordable, maySend, ownPart } from "./core/selectors";
import type { CallState } from "./core/state";
import type { WebRTCService } from "./core/webrtc";
import { DeviceMenu } from "./DeviceMenu";
import { MicrophoneButton } from "./MicrophoneButton";
import { MutedHint } from "./MutedHint";
import { useOwnVoice } from "./useOwnVoice";
import type { PictureInPicture } from "./usePictureInPicture";
import { keys, useShortcuts } from "./useShortcuts";
import type { ViewChoice } from "./useView";
import { ViewMenu } from "./ViewMenu";

export interface ControlsProps {
  service: WebRTCService;
  state: CallState;
  /** The other party's. */
  name: string;
  canShare: boolean;
  /** Shows who is in the call; none in a call of two whose people cannot change. */
  onPeople: (() => void) | null;
  speakerId: string | undefined;
  onSpeaker: (speaker: RememberedDevice) => void;
  onProblem: (problem: string) => void;
  view: ViewChoice;
  pictureInPicture: PictureInPicture;
}

/** What the user can do in the call, within reach of a thumb. */
export function Controls({ service, state, canShare, onPeople, ...props }: ControlsProps) {
  const { name, speakerId, onSpeaker, onProblem, view, pictureInPicture } = props;
  const [hangingUp, setHangingUp] = useState(false);
  const { own, audioOnly } = state;
  const isOff = ownPart(state)?.off_the_record === true;
  const mute = () => void toggleMute(service);
  const camera = () => void toggleCamera(service);
  const share = () => void toggleShare(service, own.screen, onProblem);
  const may = maySend(state);
  const voice = useOwnVoice(
    service.localStream?.getAudioTracks()[0] ?? null,
    may.microphone && !own.microphone,
  );
  useShortcuts({ ...(may.microphone && { KeyD: mute }), ...(may.camera && { KeyE: camera }) });

  return (
    <>
      <div className="relative">
        <MutedHint isShown={voice.isUnheard} onUnmute={mute} />
      </div>
      <Toolbar
        aria-label={t("call.controls.label")}
        className="sticky bottom-0 z-20 flex shrink-0 items-center justify-center gap-1.5 bg-stage px-3 pt-3 pb-[max(0.75rem,env(safe-area-inset-bottom))] sm:gap-4 sm:pt-4 sm:pb-[max(1rem,env(safe-area-inset-bottom))] short:pt-2 short:pb-[max(0.5rem,env(safe-area-inset-bottom))] tiny:gap-1 tiny:px-1"
      >
        {may.microphone && <MicrophoneButton isOn={own.microphone} voice={voice} onPress={mute} />}
        {may.camera && (
          <ControlButton
            label={t(own.camera ? "call.controls.cameraOff" : "call.controls.cameraOn")}
            keys={keys("E")}
            tone={own.camera ? "plain" : "off"}
            onPress={camera}
          >
            {own.camera ? <Video aria-hidden /> : <VideoOff aria-hidden />}
          </ControlButton>
        )}
        {canShare && (
          <ControlButton
            label={t(own.screen ? "call.controls.stopSharing" : "call.controls.share")}
            tone={own.screen ? "active" : "plain"}
            onPress={share}
          >
            {own.screen ? <MonitorOff aria-hidden /> : <MonitorUp aria-hidden />}
          </ControlButton>
        )}
        {onPeople !== null && (
          <ControlButton label={t("call.controls.people")} onPress={onPeople}>
            <Users aria-hidden />
          </ControlButton>
        )}
        {isRecordable(state) && (
          <span className="max-sm:hidden">
            <ControlButton
              label={t(isOff ? "call.recording.off.lift" : "call.recording.off.ask")}
              tone={isOff ? "off" : "plain"}
              onPress={() => service.askOffTheRecord(!isOff)}
            >
              {isOff ? <CirclePlay aria-hidden /> : <CirclePause aria-hidden />}
            </ControlButton>
          </span>
        )}
        <ViewMenu
          onSoundOnly={(on) => void service.setSoundOnly(on)}
          state={state}
          view={view}
          pictureInPicture={pictureInPicture}
          onProblem={onProblem}
        />
        <DeviceMenu
          service={service}
          audioOnly={audioOnly}
          speakerId={speakerId}
          onSpeaker={onSpeaker}
          onProblem={onProblem}
        />
        <ControlButton
          label={t("call.controls.hangUp")}
          tone="danger"
          onPress={() => setHangingUp(true)}
        >
          <PhoneOff aria-hidden />
        </ControlButton>
      </Toolbar>
      <HangUpDialog
        isOpen={hangingUp}
        state={state}
        name={name}
        onClose={() => setHangingUp(false)}
        onConfirm={() => void service.endCall()}
      />
    </>
  );
}

interface HangUpDialogProps {
  isOpen: boolean;
  state: CallState;
  name: string;
  onClose: () => void;
  onConfirm: () => void;
}

function HangUpDialog({ isOpen, state, name, onClose, onConfirm }: HangUpDialogProps) {
  const { title, text, keep, confirm } = hangUpWords(state);
  return (
    <ConfirmDialog
      isOpen={isOpen}
      onClose={onClose}
      title={t(title, { name })}
      text={t(text)}
      keep={t(keep)}
      confirm={t(confirm)}
      onConfirm={onConfirm}
      danger
    />
  );
}

/** For whom the call is over then: before it begins, for all, or for oneself. */
function hangUpWords(state: CallState): Record<"title" | "text" | "keep" | "confirm", MessageKey> {
  if (state.ringing)
    return {
      title: "call.hangUp.cancelTitle",
      text: "call.hangUp.cancelText",
      keep: "call.hangUp.keepCalling",
      confirm: "call.hangUp.cancelConfirm",
    };
  const keep = "call.hangUp.stay";
  if (!endsForAll(state))
    return {
      title: "call.hangUp.leaveTitle",
      text: "call.hangUp.leaveText",
      keep,
      confirm: "call.hangUp.leaveConfirm",
    };
  const text = company(state).length > 1 ? "call.hangUp.textAll" : "call.hangUp.text";
  return { title: "call.hangUp.title", text, keep, confirm: "call.hangUp.confirm" };
}

/** A device that failed is asked for again: the same button, the same wish. */
async function toggleMute(service: WebRTCService): Promise<void> {
  if (service.state.problems.microphone !== null) await service.retryDevice("microphone");
  else await service.toggleMute();
}

async function toggleCamera(service: WebRTCService): Promise<void> {
  await service.toggleVideo();
}

async function toggleShare(
  service: WebRTCService,
  sharing: boolean,
  onProblem: (problem: string) => void,
) {
  try {
    await (sharing ? service.stopScreenShare() : service.startScreenShare());
  } catch {
    onProblem(t("call.problems.screen"));
  }
}
