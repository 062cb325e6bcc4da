import { type ComponentType, type LazyExoticComponent, lazy, type ReactNode } from "react";

type Around = ComponentType<{ children?: ReactNode }>;

export type Lazy = LazyExoticComponent<Around> & { load: () => void };

/** A component that is loaded when it is first shown, or by `load` before that. */
export function onDemand(load: () => Promise<Around>): Lazy {
  let loading: Promise<{ default: Around }> | undefined;
  const begin = () => {
    loading ??= load().then((component) => ({ default: component }));
    return loading;
  };
  // What fails is told where it is shown.
  return Object.assign(lazy(begin), { load: () => void begin().catch(() => undefined) });
}
