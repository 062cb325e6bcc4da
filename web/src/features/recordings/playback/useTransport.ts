import { useCallback, useEffect, useRef, useState } from "react";
import * as clock from "./transport";

/** Often enough for a smooth slider and to notice drift early. */
const TICK_MS = 100;

export interface TransportControls {
  state: clock.Transport;
  position: number;
  play: () => void;
  pause: () => void;
  seek: (position: number) => void;
  setSpeed: (speed: number) => void;
}

/**
 * Runs the clock, from the start on where whoever sees the player has asked to play. At each tick
 * `follow` brings the media to its position and tells whether all that should be playing can.
 */
export function useTransport(
  length: number,
  beginning: number,
  follow: (state: clock.Transport, position: number) => clock.Readiness,
  isAsked: boolean,
): TransportControls {
  const [state, setState] = useState(() => clock.transport(length, performance.now(), beginning));
  const [position, setPosition] = useState(beginning);
  const current = useRef(state);
  const follower = useRef(follow);
  useEffect(() => {
    follower.current = follow;
  }, [follow]);

  const apply = useCallback((step: (state: clock.Transport, now: number) => clock.Transport) => {
    const now = performance.now();
    const stepped = step(current.current, now);
    const ready = follower.current(stepped, clock.positionAt(stepped, now));
    const next = clock.tick(stepped, now, ready);
    if (next !== current.current) {
      current.current = next;
      setState(next);
    }
    setPosition(clock.positionAt(next, now));
  }, []);

  useEffect(() => {
    if (isAsked) apply(clock.play);
  }, [apply, isAsked]);
  useEffect(() => {
    const timer = setInterval(() => apply((state) => state), TICK_MS);
    return () => clearInterval(timer);
  }, [apply]);

  return {
    state,
    position,
    play: () => apply(clock.play),
    pause: () => apply(clock.pause),
    seek: (to) => apply((state, now) => clock.seek(state, to, now)),
    setSpeed: (speed) => apply((state, now) => clock.setSpeed(state, speed, now)),
  };
}
