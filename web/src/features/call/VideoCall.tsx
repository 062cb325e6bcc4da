import { useEffect, useMemo, useRef, useState } from "react";
import { refusalWords, words } from "../../shared/api/refusals";
import type { ConsentText } from "../../shared/api/schema";
import type { SignalingClient, TokenSource } from "../../shared/api/signaling/client";
import { t } from "../../shared/i18n";
import { formatList } from "../../shared/i18n/format";
import { Announcer } from "./Announcer";
import { ConsentQuestion } from "./ConsentQuestion";
import { Controls } from "./Controls";
import {
  company,
  counterpart,
  isRaised,
  isUnlimited,
  ownPart,
  receivesScreen,
  showsCamera,
} from "./core/selectors";
import { type CallState, type Ended, isOver } from "./core/state";
import type { WebRTCService } from "./core/webrtc";
import { moveWords } from "./deviceWords";
import { EmergencyBanner, EmergencyControl } from "./EmergencyControl";
import { consentWords } from "./endings";
import { Outcome } from "./Outcome";
import { People } from "./People";
import { type News, Problems } from "./Problems";
import { regainedWords, weaknessWords } from "./pictureWords";
import { RecordingControl } from "./RecordingControl";
import { RecordingPause, RoomHeader, TimeWarning } from "./RoomHeader";
import { Stage } from "./Stage";
import { useCall } from "./useCall";
import { usePictureInPicture } from "./usePictureInPicture";
import { useRemoteStreams } from "./useRemoteStreams";
import { useRingback } from "./useRingback";
import { type SpeakerChoice, useSpeaker } from "./useSpeaker";
import { useView, type View } from "./useView";

export interface VideoCallProps {
  roomId: string;
  userId: string;
  isProvider: boolean;
  /** The user leaves the screen that says how the call ended. */
  onCallEnd: (ended: Ended) => void;
  /**
   * Offered to the provider where nobody answered. Resolves once it rings anew; a rejection is
   * shown.
   */
  onCallAgain?: (() => Promise<unknown>) | undefined;
  /** The page's socket; without it the call opens its own. */
  signaling?: SignalingClient | undefined;
  /** The platform's bearer token; without it the cookie of a session here is used. */
  token?: TokenSource | undefined;
  /** Origin of the carelay server, if it is not where the page came from. */
  baseUrl?: string | undefined;
  /** Joining waits for it (such as the request that accepts the call), devices do not. */
  ready?: Promise<unknown> | undefined;
  audioOnly?: boolean | undefined;
  /** An observer, who is neither heard nor seen: no device is asked for. */
  watching?: boolean | undefined;
  /** The other party's name, shown until the server tells it. */
  otherName?: string | undefined;
  /** The practice's emergency number, shown before an alarm is raised. */
  emergencyPhone?: string | undefined;
  /**
   * The exact words that people agree to. As the server's settings tell them, they are sent back
   * with a yes, which then counts as confirmed.
   */
  consentText?: string | ConsentText | undefined;
}

/**
 * A whole call in the space of its parent: give that a height.
 *
 * `roomId`, `userId` and `baseUrl` say which call it is. Everything else is read when it is used,
 * `signaling`, `ready` and `audioOnly` as the call begins: rendering again, with functions and
 * promises made anew, changes nothing.
 */
export function VideoCall(props: VideoCallProps) {
  const [attempt, setAttempt] = useState(0);
  return (
    <OneCall
      key={`${props.roomId} ${attempt}`}
      {...props}
      onReturn={() => setAttempt(attempt + 1)}
    />
  );
}

function OneCall({ onReturn, ...props }: VideoCallProps & { onReturn: () => void }) {
  const {
    roomId,
    userId,
    signaling,
    token,
    baseUrl,
    ready,
    audioOnly = false,
    watching = false,
  } = props;
  const { service, state, failure } = useCall({
    roomId,
    userId,
    signaling,
    token,
    baseUrl,
    ready,
    audioOnly,
    watching,
  });
  const name = counterpart(state)?.name ?? props.otherName ?? t("call.other");
  const speaker = useSpeaker(state.own.microphone || state.own.camera);
  const section = useRef<HTMLElement>(null);
  useEffect(() => takeFocus(section.current), []);
  return (
    <section
      aria-label={t("call.room")}
      data-call-phase={state.phase}
      data-media={state.media}
      ref={section}
      tabIndex={-1}
      className="safe-x flex h-full min-h-0 w-full flex-col overflow-hidden bg-stage text-stage-ink scheme-dark outline-none short:scroll-pb-16 short:overflow-y-auto"
    >
      <Announcer
        state={state}
        isProvider={props.isProvider}
        name={name}
        speakerMove={speaker.move}
      />
      {isOver(state) || failure !== null ? (
        <Outcome
          state={state}
          failure={failure}
          isProvider={props.isProvider}
          name={name}
          onClose={props.onCallEnd}
          onCallAgain={props.isProvider ? props.onCallAgain : undefined}
          onReturn={onReturn}
        />
      ) : (
        service !== null && <Room {...props} service={service} state={state} speaker={speaker} />
      )}
    </section>
  );
}

/**
 * What led into the call is gone, and the focus with it: it goes on here, unless it is elsewhere on
 * purpose.
 */
function takeFocus(section: HTMLElement | null): (() => void) | undefined {
  if (section === null) return;
  const lost = () => document.activeElement === null || document.activeElement === document.body;
  if (lost()) section.focus({ preventScroll: true });
  // A dialog that closes gives the focus back, if only to nothing, a frame after it is gone.
  const frames = [
    requestAnimationFrame(() =>
      frames.push(requestAnimationFrame(() => lost() && section.focus())),
    ),
  ];
  return () => frames.forEach(cancelAnimationFrame);
}

/** What has just changed, in words. */
function changes(state: CallState, isProvider: boolean, name: string): string[] {
  const { consentChange, absentee, deviceMove } = state;
  return [
    ...(deviceMove === null ? [] : [moveWords(deviceMove)]),
    ...(consentChange === null ? [] : [consentWords(state, consentChange, isProvider, name)]),
    ...(absentee === null
      ? []
      : [t(`call.people.absent.${absentee.reason}`, { name: absentee.name })]),
  ];
}

/** Who is there besides oneself, as a heading. */
function heading(state: CallState, otherName: string): string {
  const people = company(state);
  return people.length > 1
    ? formatList(people.map(({ name }) => name))
    : (counterpart(state)?.name ?? otherName);
}

/** Which pictures this user goes without, and why; of several others, their tiles tell it. */
function pictures(state: CallState, service: WebRTCService): News[] {
  const people = company(state);
  const [other] = people;
  const whose = [state.userId, ...(people.length === 1 && other ? [other.user_id] : [])];
  const weak = whose.flatMap((userId) => weaknessWords(state, userId) ?? []);
  const again = state.regained === null ? [] : [regainedWords(state, state.regained)];
  const sharing = receivesScreen(state) ? undefined : people.find(({ media }) => media.screen);
  return [
    ...(state.pictures.sound_only ? [soundOnly(service)] : []),
    ...[...weak, ...again].map((text) => ({ text })),
    ...(sharing === undefined ? [] : [unseenScreen(service, sharing.name)]),
  ];
}

function soundOnly(service: WebRTCService): News {
  const onPress = () => void service.setSoundOnly(false);
  return {
    text: t("call.pictures.now"),
    action: { words: t("call.pictures.again"), onPress },
  };
}

function unseenScreen(service: WebRTCService, name: string): News {
  const onPress = () => service.receiveScreen(true);
  return {
    text: t("call.pictures.sharing", { name }),
    action: { words: t("call.pictures.showScreen"), onPress },
  };
}

interface RoomProps extends VideoCallProps {
  service: WebRTCService;
  state: CallState;
  speaker: SpeakerChoice;
}

function Room({
  service,
  state,
  speaker,
  isProvider,
  otherName = t("call.other"),
  emergencyPhone = "",
  consentText,
}: RoomProps) {
  const [problem, setProblem] = useState<string | null>(null);
  const [showsPeople, setShowsPeople] = useState(false);
  const people = useMemo(() => service.people, [service]);
  const view = useView(state);
  useRemoteStreams(service);
  const ringback = useRingback(state, speaker.id);
  const pictureInPicture = usePictureInPicture(onTop(service, state, view));
  const { switchRefusal } = state;
  useEffect(() => {
    if (switchRefusal !== null) setProblem(refusalWords(switchRefusal));
  }, [switchRefusal]);
  const name = counterpart(state)?.name ?? otherName;
  const own = ownPart(state);
  const extend = (minutes: number) =>
    service
      .extend(minutes)
      .catch((error: unknown) => setProblem(t("call.extend.failed", { why: words(error) })));
  const mayShare = own?.capabilities.screen ?? isProvider;
  return (
    <>
      <RoomHeader state={state} name={heading(state, otherName)}>
        <RecordingControl
          state={state}
          onOffTheRecord={(off) => service.askOffTheRecord(off)}
          isProvider={isProvider}
          consentText={consentText}
          onConsent={(given, text) => service.setRecordingConsent(given, text)}
          onSwitch={(on) => service.switchRecording(on)}
        />
        <EmergencyControl
          phone={emergencyPhone}
          raised={isRaised(state)}
          onRaise={() => service.raiseEmergency()}
        />
      </RoomHeader>
      {state.emergency !== null && state.endsAt === null && (
        <EmergencyBanner emergency={state.emergency} isUnlimited={isUnlimited(state)} />
      )}
      <TimeWarning state={state} onExtend={isProvider ? extend : null} />
      <ConsentQuestion
        state={state}
        name={name}
        consentText={consentText}
        onConsent={(given, text) => service.setRecordingConsent(given, text)}
      />
      <RecordingPause state={state} onLift={() => service.askOffTheRecord(false)} />
      <div className="relative flex min-h-0 flex-1 flex-col short:min-h-44 short:shrink-0">
        <Stage
          service={service}
          state={state}
          otherName={otherName}
          ownName={own?.name ?? ""}
          speakerId={speaker.id}
          view={view}
          ringback={ringback}
          onRetry={() => service.retryConnection()}
        />
        <Problems
          state={state}
          news={[
            ...pictures(state, service),
            ...[
              ...(speaker.move === null ? [] : [moveWords(speaker.move)]),
              ...changes(state, isProvider, name),
            ].map((text) => ({ text })),
          ]}
          passing={problem}
          onDismiss={() => setProblem(null)}
          onRetry={(kind) => service.retryDevice(kind)}
        />
      </div>
      <Controls
        service={service}
        state={state}
        name={name}
        canShare={mayShare && canCaptureScreen}
        onPeople={isProvider || company(state).length > 1 ? () => setShowsPeople(true) : null}
        speakerId={speaker.id}
        onSpeaker={speaker.choose}
        onProblem={setProblem}
        view={view}
        pictureInPicture={pictureInPicture}
      />
      <People
        isOpen={showsPeople}
        onClose={() => setShowsPeople(false)}
        state={state}
        isProvider={isProvider}
        requests={people}
      />
    </>
  );
}

/** The picture to keep on top of other windows: of the chosen one, or of whoever speaks. */
function onTop(service: WebRTCService, state: CallState, view: View): MediaStream | null {
  const people = company(state);
  const seen = [view.spotlight, ...view.heard, ...people.map(({ user_id }) => user_id)].find((id) =>
    people.some((person) => person.user_id === id && showsCamera(state, person)),
  );
  return seen ? service.remoteStream(seen, "camera") : null;
}

/** Phones have no getDisplayMedia. */
const canCaptureScreen =
  typeof navigator !== "undefined" && "getDisplayMedia" in (navigator.mediaDevices ?? {});
