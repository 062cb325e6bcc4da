import { AudioLines, UserX } from "lucide-react";
import { Avatar } from "../components/Avatar";
import { classes } from "../components/classes";
import { t } from "../i18n";
import { hasPicture, type Lane, type Segment, segmentAt } from "./timeline";

export interface TileProps {
  lane: Lane;
  urls: Readonly<Record<string, string>>;
  position: number;
  /** Each part's media element registers itself here. */
  elements: Map<string, HTMLMediaElement>;
  onFailed: () => void;
}

/** One participant (or screen): its parts lie on top of each other, the one of this moment is seen. */
export function Tile({ lane, urls, position, elements, onFailed }: TileProps) {
  const now = segmentAt(lane, position);
  const name = lane.source === "screen" ? t("player.screenOf", { name: lane.name }) : lane.name;
  return (
    <figure className="relative aspect-video overflow-hidden rounded-control bg-night-950">
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
      {!now && (
        <div className="absolute inset-0 flex flex-col items-center justify-center gap-2 text-night-300">
          <UserX aria-hidden className="size-7" />
          {t("player.absent")}
        </div>
      )}
      {now && !hasPicture(now.part) && (
        <div className="absolute inset-0 flex flex-col items-center justify-center gap-3 text-night-300">
          <Avatar name={lane.name} size="large" />
          <span className="flex items-center gap-2 text-sm">
            <AudioLines aria-hidden className="size-4" />
            {t("player.audioOnly")}
          </span>
        </div>
      )}
      <figcaption className="absolute bottom-2 left-2 rounded-md bg-night-950/75 px-2.5 py-1 text-sm font-medium text-white">
        {name} <span className="text-night-300">· {t(`roles.${lane.role}`)}</span>
      </figcaption>
    </figure>
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
        return () => {
          elements.delete(part.part_id);
        };
      }}
      src={url}
      preload="auto"
      playsInline
      aria-label={name}
      onError={onFailed}
      className={classes(
        "absolute inset-0 size-full object-contain",
        !(shown && hasPicture(part)) && "invisible",
      )}
    />
  );
}
