import { useCallback, useState } from "react";

/**
 * As useState, but kept with this entry of the browser's history: Back brings it back. Not in the
 * address, which goes to the server and its logs with a name in it. `name` is unique within a page.
 */
export function useKept<Value>(name: string, initial: Value): [Value, (value: Value) => void] {
  const [value, setValue] = useState<Value>(() => (kept()[name] as Value | undefined) ?? initial);
  const keep = useCallback(
    (next: Value) => {
      setValue(next);
      write({ ...kept(), [name]: next });
    },
    [name],
  );
  return [value, keep];
}

type Kept = Readonly<Record<string, unknown>>;

function kept(): Kept {
  return (history.state as { kept?: Kept } | null)?.kept ?? {};
}

function write(kept: Kept): void {
  try {
    history.replaceState({ ...(history.state as object | null), kept }, "");
  } catch {
    // Safari allows a hundred changes in half a minute: what was typed faster is not kept.
  }
}
