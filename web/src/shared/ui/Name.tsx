import { classes } from "./classes";

export interface NameProps {
  children: string;
  className?: string;
}

/**
 * The name of a person, however long and in whatever script, on one line: what does not fit is cut
 * off to the eye, and told by pointing at it. Screen readers have all of it.
 */
export function Name({ children, className }: NameProps) {
  return (
    <bdi title={children} className={classes("block min-w-0 truncate", className)}>
      {children}
    </bdi>
  );
}
