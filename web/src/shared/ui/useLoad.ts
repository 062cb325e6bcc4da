import { useCallback, useEffect, useRef, useState } from "react";

/** Something that is fetched: a reload keeps the old value on show until the new one is there. */
export interface Load<Value> {
  value: Value | undefined;
  error: unknown;
  loading: boolean;
  reload: () => void;
}

export interface ChangeableLoad<Value> extends Load<Value> {
  /** Applies what was heard of it: to what is there, and to what is just being fetched. */
  change: (change: Change<Value>) => void;
}

type Change<Value> = (value: Value) => Value;

/**
 * Fetches with `fetcher`, again on `reload()` and whenever `fetcher` changes (make it with
 * useCallback). A reply that comes after a newer request was made is dropped.
 */
export function useLoad<Value>(fetcher: () => Promise<Value>): ChangeableLoad<Value> {
  const [state, setState] = useState<Omit<Load<Value>, "reload">>({
    value: undefined,
    error: undefined,
    loading: true,
  });
  const latest = useRef(0);
  const meanwhile = useRef<Change<Value>[] | null>(null);

  const reload = useCallback(() => {
    const turn = ++latest.current;
    const changes: Change<Value>[] = [];
    meanwhile.current = changes;
    const settle = (next: Partial<Load<Value>>) => {
      if (turn !== latest.current) return;
      meanwhile.current = null;
      setState((state) => ({ ...state, ...next, loading: false }));
    };
    setState((state) => ({ ...state, loading: true }));
    fetcher().then(
      (value) => settle({ value: changes.reduce(apply, value), error: undefined }),
      (error: unknown) => settle({ error }),
    );
  }, [fetcher]);

  const change = useCallback((change: Change<Value>) => {
    meanwhile.current?.push(change);
    setState((state) =>
      state.value === undefined ? state : { ...state, value: change(state.value) },
    );
  }, []);

  useEffect(() => {
    reload();
    return () => {
      latest.current++;
    };
  }, [reload]);

  return { ...state, reload, change };
}

/** What was loaded, held back until all above it has come: nothing moves under a finger. */
export function below<Value>(above: Load<unknown>, load: Load<Value>): Load<Value> {
  return isSettled(above) ? load : { ...load, value: undefined, error: undefined };
}

/** Whether it has come, or why it did not. */
export function isSettled({ value, error }: Load<unknown>): boolean {
  return value !== undefined || error !== undefined;
}

function apply<Value>(value: Value, change: Change<Value>): Value {
  return change(value);
}
