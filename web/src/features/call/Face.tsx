import { classes } from "../../shared/ui/classes";
import { initials } from "../../shared/ui/initials";

export interface FaceProps {
  name: string;
  ringing?: boolean;
  small?: boolean;
}

/** Initials where there is no picture. */
export function Face({ name, ringing = false, small = false }: FaceProps) {
  return (
    <span aria-hidden className="relative grid shrink-0 place-items-center">
      {ringing && (
        <span className="absolute size-32 animate-ring rounded-full bg-pulse short:size-16" />
      )}
      {ringing && (
        <span className="absolute size-32 animate-ring rounded-full bg-pulse [animation-delay:1.2s] short:size-16" />
      )}
      <span
        className={classes(
          "relative grid place-items-center rounded-full bg-stage-control-hover font-semibold text-stage-ink",
          small ? "size-14 text-lg" : "size-32 text-4xl short:size-16 short:text-2xl",
        )}
      >
        {initials(name)}
      </span>
    </span>
  );
}
