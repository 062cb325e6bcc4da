import { type ReactNode, useId } from "react";
import { formatExactTime } from "../../../shared/i18n/format";
import { useMinute } from "../../../shared/ui/useMinute";

/** Room between two of them, px: one is in every piece of a picture that is worth keeping. */
const BESIDE = 48;
const LINE = 88;
/** Of a letter at this size, wide ones included. */
const LETTER = 8;

export interface WatermarkProps {
  /** Of who looks at it. */
  name: string;
  children: ReactNode;
}

/**
 * Who looks at it and when, all over what is inside, so that every copy of the screen says whose it
 * is. White with a dark edge, thin enough to see a face through, on dark and on light pictures; it
 * moves, so that it stands over nothing for long. Nothing of what is inside can be taken out from
 * under it by the browser's own menu of a video.
 */
export function Watermark({ name, children }: WatermarkProps) {
  const id = useId();
  const text = `${name} · ${formatExactTime(useMinute().toISOString())}`;
  const width = text.length * LETTER + BESIDE;
  return (
    <div className="relative overflow-clip">
      {children}
      <div
        data-watermark={text}
        aria-hidden
        className="absolute inset-0 overflow-clip"
        onContextMenu={(event) => event.preventDefault()}
      >
        <svg
          aria-hidden
          role="presentation"
          className="absolute -inset-1/2 size-[200%] animate-drift fill-stage-strong stroke-stage text-[0.875rem] font-semibold opacity-40 motion-reduce:animate-none"
        >
          <defs>
            <pattern
              id={id}
              width={width}
              height={2 * LINE}
              patternUnits="userSpaceOnUse"
              patternTransform="rotate(-20)"
            >
              {[
                [0, LINE / 2],
                [-width / 2, LINE * 1.5],
                [width / 2, LINE * 1.5],
              ].map(([x, y]) => (
                <text key={`${x} ${y}`} x={x} y={y} strokeWidth={3} paintOrder="stroke">
                  {text}
                </text>
              ))}
            </pattern>
          </defs>
          <rect width="100%" height="100%" fill={`url(#${id})`} stroke="none" />
        </svg>
      </div>
    </div>
  );
}
