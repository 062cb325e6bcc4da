import { MicOff, MonitorUp } from "lucide-react";
import type { CSSProperties } from "react";
import type { Participant } from "../../shared/api/signaling/messages";
import { t } from "../../shared/i18n";
import { classes } from "../../shared/ui/classes";
import { beginning, gridOf, type Size } from "../../shared/ui/grid";
import { company, maySend, ownSide } from "./core/selectors";
import type { CallState } from "./core/state";
import type { WebRTCService } from "./core/webrtc";
import { spaceBeside } from "./layout";
import { OwnVideo } from "./OwnVideo";
import { Player } from "./Player";
import { Caption, Frame, Instead, Mark, Tile } from "./Tile";

export interface GalleryProps {
  service: WebRTCService | null;
  state: CallState;
  ownName: string;
  speakerId: string | undefined;
  /** Of the whole stage. */
  size: Size;
}

/**
 * Three and more: a tile for each, oneself last. A shared screen has the main place, and tiles
 * beside or below it.
 */
export function Gallery({ service, state, ownName, speakerId, size }: GalleryProps) {
  const people = company(state);
  const shared = screenOf(people, service);
  const { place, space } =
    shared === null ? { place: "alone" as const, space: size } : spaceBeside(size);
  const tiles = people.length + 1;
  const grid = gridOf(tiles, space);
  const at = (index: number): CSSProperties => {
    const start = beginning(index, tiles, grid);
    return { gridColumn: `${start} / span 2`, gridRow: Math.floor(index / grid.columns) + 1 };
  };
  return (
    <div
      className={classes(
        "absolute inset-0 flex gap-1.5 p-1.5 sm:gap-2.5 sm:p-2.5",
        place === "below" && "flex-col",
      )}
    >
      {shared !== null && <SharedScreen person={shared.person} stream={shared.stream} />}
      <ul
        aria-label={t("call.people.inCall")}
        style={{
          gridTemplateColumns: `repeat(${2 * grid.columns}, minmax(0, 1fr))`,
          gridTemplateRows: `repeat(${grid.rows}, minmax(0, 1fr))`,
          ...(place !== "alone" && {
            flexBasis: `${place === "beside" ? space.width : space.height}px`,
          }),
        }}
        className={classes(
          "grid min-h-0 min-w-0 gap-1.5 sm:gap-2.5",
          place === "alone" ? "flex-1" : "shrink-0",
        )}
      >
        {people.map((person, index) => (
          <Tile
            key={person.user_id}
            state={state}
            person={person}
            stream={service?.remoteStream(person.user_id, "camera") ?? null}
            speakerId={speakerId}
            style={at(index)}
          />
        ))}
        <OwnTile
          state={state}
          name={ownName}
          stream={service?.localStream ?? null}
          style={at(people.length)}
          onFlip={() => void service?.flipCamera()}
        />
      </ul>
    </div>
  );
}

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

function SharedScreen({ person, stream }: { person: Participant; stream: MediaStream }) {
  const words = t("call.state.sharing", { name: person.name });
  return (
    <figure className="relative min-h-0 min-w-0 flex-1 overflow-hidden rounded-2xl bg-stage">
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
  return t(state.audioOnly ? "call.state.audioOnly" : "call.state.cameraOff");
}

function OwnMute({ state }: { state: CallState }) {
  if (state.own.microphone || !maySend(state).microphone) return null;
  const unheard = state.own.unavailable?.includes("microphone") ?? false;
  const words = t(unheard ? "call.state.ownUnheard" : "call.state.ownMuted");
  return <Mark icon={MicOff} words={words} tone="text-stage-danger" />;
}
