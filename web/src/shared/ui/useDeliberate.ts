import { useLayoutEffect, useRef } from "react";
import type { PressEvent } from "react-aria-components";
import { pressedByEcho } from "./presses";

type OnPress = (event: PressEvent) => void;

/** For what ends or destroys: lets only those presses through that were made for this control. */
export function useDeliberate(onPress: OnPress | undefined): OnPress | undefined {
  const appeared = useRef(0);
  useLayoutEffect(() => {
    appeared.current = performance.now();
  }, []);
  return (
    onPress && ((event) => pressedByEcho(event.pointerType, appeared.current) || onPress(event))
  );
}
