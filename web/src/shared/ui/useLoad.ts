import { useCallback, useEffect, useRef, useState } from "react";

/** Something that is fetched: a reload keeps the old value on show until the new one is there. */
export interface Load<Value> {
  value: Value | undefined;
  error: unknown;
  loading: boolean;
  reload: () => void;
}

/**
 * Fetches with `fetcher`, again on `reload()` and whenever `fetcher` changes (make it with useCallback).
 * A reply that comes after a newer request was made is dropped.
 */
export function useLoad<Value>(fetcher: () => Promise<Value>): Load<Value> {
  const [state, setState] = useState<Omit<Load<Value>, "reload">>({
    value: undefined,
    error: undefined,
    loading: true,
  });
  const latest = useRef(0);

  const reload = useCallback(() => {
    const turn = ++latest.current;
    const settle = (next: Partial<Load<Value>>) => {
      if (turn === latest.current) setState((state) => ({ ...state, ...next, loading: false }));
    };
    setState((state) => ({ ...state, loading: true }));
    fetcher().then(
      (value) => settle({ value, error: undefined }),
      (error: unknown) => settle({ error }),
    );
  }, [fetcher]);

  useEffect(() => {
    reload();
    return () => {
      latest.current++;
    };
  }, [reload]);

  return { ...state, reload };
}
