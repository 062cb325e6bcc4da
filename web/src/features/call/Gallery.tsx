import { MicOff, MonitorUp } from "lucide-react";
import type { CSSProperties } from "react";
import type { Participant } from "../../shared/api/signaling/messages";
import { t } from "../../shared/i18n";
import type { Size } from "../../shared/ui/grid";
import { arrange, placesOf, SCREEN, SELF } from "./arrangement";
import { volumeOf } from "./core/balance";
import { layoutFor } from "./core/layout";
import { company, maySend, ownSide, receivesScreen } from "./core/selectors";
import type { CallState } from "./core/state";
import type { WebRTCService } from "./core/webrtc";
import { OwnVideo } from "./OwnVideo";
import { Player } from "./Player";
import { Caption, Frame, Instead, Mark, Tile } from "./Tile";
import type { ViewChoice } from "./useView";

export interface GalleryProps {
  service: WebRTCService | null;
  state: CallState;
  ownName: string;
  speakerId: string | undefined;
  /** Of the whole stage. */
  size: Size;
  view: ViewChoice;
}

/**
 * A tile for each, oneself last in their order, which no layout changes: a tile that is built anew
 * would interrupt the sound.
 */
export function Gallery({ service, state, ownName, speakerId, size, view }: GalleryProps) {
  const people = company(state);
  const shared = receivesScreen(state) ? screenOf(people, service) : null;
  const arrangement = arrange({
    layout: layoutFor(view.layout, people.length),
    people,
    withSelf: !view.hidesSelf,
    withScreen: shared !== null,
    spotlight: view.spotlight,
    heard: view.heard,
  });
  const places = placesOf(arrangement, size, size.width < NARROW ? 6 : 10);
  const at = (id: string): CSSProperties => ({ position: "absolute", ...places.get(id) });
  return (
    <div className="absolute inset-0">
      {shared !== null && (
        <SharedScreen person={shared.person} stream={shared.stream} style={at(SCREEN)} />
      )}
      <ul aria-label={t("call.people.inCall")}>
        {people.map((person) => (
          <Tile
            key={person.user_id}
            state={state}
            person={person}
            stream={service?.remoteStream(person.user_id, "camera") ?? null}
            speakerId={speakerId}
            volume={volumeOf(person, people, view.balances)}
            isLit={view.spotlight === person.user_id}
            onLight={(isLit) => view.light(isLit ? person.user_id : null)}
            style={at(person.user_id)}
          />
        ))}
        {!view.hidesSelf && (
          <OwnTile
            state={state}
            name={ownName}
            stream={service?.localStream ?? null}
            style={at(SELF)}
            onFlip={() => void service?.flipCamera()}
          />
        )}
      </ul>
    </div>
  );
}

/** A phone, or a call beside something else. */
const NARROW = 640;

/** The one screen that is on show. */
function screenOf(
  people: readonly Participant[],
  service: WebRTCService | null,
): { person: Participant; stream: MediaStream } | null {
  for (const person of people) {
    const stream = person.media.screen ? service?.remoteStream(person.user_id, "screen") : null;
    if (stream) return { person, stream };
  }
  return null;
}

interface SharedScreenProps {
  person: Participant;
  stream: MediaStream;
  style: CSSProperties;
}

function SharedScreen({ person, stream, style }: SharedScreenProps) {
  const words = t("call.state.sharing", { name: person.name });
  return (
    <figure style={style} className="overflow-hidden rounded-2xl bg-stage">
      <Player stream={stream} name={words} fit="contain" visible />
      <figcaption
        title={words}
        className="absolute bottom-2 left-2 flex max-w-[calc(100%-1rem)] items-center gap-2 rounded-full bg-stage/75 px-3 py-1 text-sm font-medium text-stage-strong"
      >
        <MonitorUp aria-hidden className="size-4 shrink-0" />
        <span className="truncate">{words}</span>
      </figcaption>
    </figure>
  );
}

interface OwnTileProps {
  state: CallState;
  name: string;
  stream: MediaStream | null;
  style: CSSProperties;
  onFlip: () => void;
}

/** Oneself. */
function OwnTile({ state, name, stream, style, onFlip }: OwnTileProps) {
  const { camera } = state.own;
  return (
    <Frame style={style}>
      <OwnVideo stream={stream} camera={camera} onFlip={onFlip} />
      {!camera && <Instead name={name} words={ownWords(state)} />}
      <Caption name={t("call.you")} side={ownSide(state)}>
        <OwnMute state={state} />
      </Caption>
    </Frame>
  );
}

function ownWords(state: CallState): string {
  if (!maySend(state).microphone) return t("call.tile.watching");
  if (state.audioOnly) return t("call.state.audioOnly");
  return t(state.pictures.sound_only ? "call.pictures.soundOnly" : "call.state.cameraOff");
}

function OwnMute({ state }: { state: CallState }) {
  if (state.own.microphone || !maySend(state).microphone) return null;
  const unheard = state.own.unavailable?.includes("microphone") ?? false;
  const words = t(unheard ? "call.state.ownUnheard" : "call.state.ownMuted");
  return <Mark icon={MicOff} words={words} tone="text-stage-danger" />;
}
