import { useCallback, useState } from "react";
import { keep, kept } from "./kept";

/** As useState, but kept with this entry of the browser's history: Back brings it back. */
export function useKept<Value>(name: string, initial: Value): [Value, (value: Value) => void] {
  const [value, setValue] = useState<Value>(() => kept<Value>(name) ?? initial);
  const change = useCallback(
    (next: Value) => {
      setValue(next);
      keep(name, next);
    },
    [name],
  );
  return [value, change];
}
