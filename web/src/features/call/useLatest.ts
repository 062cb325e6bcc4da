import { type RefObject, useEffect, useRef } from "react";

/**
 * What was given in the latest rendering, for whoever reads it later: no rendering begins anything
 * anew.
 */
export function useLatest<T>(value: T): Readonly<RefObject<T>> {
  const latest = useRef(value);
  useEffect(() => {
    latest.current = value;
  });
  return latest;
}
