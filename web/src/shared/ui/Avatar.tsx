import { initials } from "./initials";

const SIZES = { small: "size-9 text-xs", medium: "size-11 text-sm", large: "size-20 text-2xl" };

export interface AvatarProps {
  name: string;
  size?: keyof typeof SIZES;
  /**
   * Shows a dot for being online. Say it in words beside it: the picture is hidden from screen
   * readers.
   */
  online?: boolean;
}

export function Avatar({ name, size = "medium", online }: AvatarProps) {
  return (
    <span aria-hidden className="relative inline-flex shrink-0">
      <span
        className={`${SIZES[size]} inline-flex items-center justify-center rounded-full bg-accent-tint font-bold tracking-wide text-accent-ink`}
      >
        {initials(name)}
      </span>
      {online !== undefined && (
        <span
          className={`drawn absolute right-0 bottom-0 size-3 rounded-full ring-2 ring-surface ${online ? "bg-success" : "bg-line-strong"}`}
        />
      )}
    </span>
  );
}
