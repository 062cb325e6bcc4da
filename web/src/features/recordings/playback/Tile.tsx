import { AudioLines, FileX, type LucideIcon, UserX, VideoOff } from "lucide-react";
import type { CSSProperties } from "react";
import { t } from "../../../shared/i18n";
import { Avatar } from "../../../shared/ui/Avatar";
import { classes } from "../../../shared/ui/classes";
import { usePictureGone, watchPicture } from "./picture";
import { hasPicture, type Lane, type Segment, segmentAt } from "./timeline";

export interface TileProps {
  lane: Lane;
  urls: Readonly<Record<string, string>>;
  position: number;
  /** Each part's media element registers itself here. */
  elements: Map<string, HTMLVideoElement>;
  /** With the address of what could not be read. */
  onFailed: (url: string) => void;
  style?: CSSProperties;
  className?: string;
}

/**
 * One participant (or screen): its parts lie on top of each other, the one of this moment is seen.
 */
export function Tile({ lane, urls, position, elements, onFailed, style, className }: TileProps) {
  const now = segmentAt(lane, position);
  const name = lane.source === "screen" ? t("player.screenOf", { name: lane.name }) : lane.name;
  return (
    <figure
      style={style}
      className={classes(
        "relative min-h-0 min-w-0 overflow-hidden rounded-control bg-stage",
        className,
      )}
    >
      {lane.segments.map((segment) => (
        <Part
          key={segment.part.part_id}
          segment={segment}
          url={urls[segment.part.part_id]}
          name={name}
          shown={segment === now}
          elements={elements}
          onFailed={onFailed}
        />
      ))}
      <Absence lane={lane} now={now} element={now && elements.get(now.part.part_id)} />
      <figcaption
        dir="auto"
        title={`${name} · ${t(`roles.${lane.role}`)}`}
        className="absolute bottom-2 left-2 max-w-[calc(100%-1rem)] truncate rounded-md bg-stage/75 px-2.5 py-1 text-sm font-medium text-stage-strong"
      >
        {name} <span className="text-stage-muted">· {t(`roles.${lane.role}`)}</span>
      </figcaption>
    </figure>
  );
}

interface AbsenceProps {
  lane: Lane;
  now: Segment | undefined;
  element: HTMLVideoElement | undefined;
}

/** Where there is no picture at this moment: why. It covers what a browser leaves standing. */
function Absence({ lane, now, element }: AbsenceProps) {
  const gone = usePictureGone(element);
  if (!now) return <Instead icon={UserX} words={t("player.absent")} />;
  if (element?.error) return <Instead icon={FileX} words={t("player.unreadable")} />;
  if (!hasPicture(now.part))
    return <Instead name={lane.name} icon={AudioLines} words={t("player.audioOnly")} />;
  // A screen that stands still sends nothing either, and is still to be seen.
  return gone && lane.source === "camera" ? (
    <Instead name={lane.name} icon={VideoOff} words={t("player.pictureGone")} />
  ) : null;
}

function Instead({ name, icon: Icon, words }: { name?: string; icon: LucideIcon; words: string }) {
  return (
    <div
      data-instead={words}
      className="absolute inset-0 flex flex-col items-center justify-center gap-2 bg-stage p-2 pb-9 text-center text-sm text-stage-muted"
    >
      {name !== undefined && (
        <span className="short:hidden">
          <Avatar name={name} />
        </span>
      )}
      <span className="flex items-center gap-2">
        <Icon aria-hidden className="size-5 shrink-0" />
        {words}
      </span>
    </div>
  );
}

interface PartProps extends Pick<TileProps, "elements" | "onFailed"> {
  segment: Segment;
  url: string | undefined;
  name: string;
  shown: boolean;
}

function Part({ segment: { part }, url, name, shown, elements, onFailed }: PartProps) {
  return (
    // biome-ignore lint/a11y/useMediaCaption: a recorded consultation has no captions
    <video
      ref={(element) => {
        if (element === null) return;
        elements.set(part.part_id, element);
        const unwatch = watchPicture(element);
        return () => {
          unwatch();
          elements.delete(part.part_id);
        };
      }}
      src={url}
      preload="auto"
      playsInline
      aria-label={name}
      // Nothing takes the picture out from under what lies over it.
      disablePictureInPicture
      disableRemotePlayback
      controlsList="nodownload nofullscreen noremoteplayback"
      onError={() => onFailed(url ?? "")}
      className={classes(
        "absolute inset-0 size-full object-contain",
        !(shown && hasPicture(part)) && "invisible",
      )}
    />
  );
}
