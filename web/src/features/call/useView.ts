import { useEffect, useState } from "react";
import { heardNow } from "./arrangement";
import type { Layout } from "./core/layout";
import { changePreferences, readPreferences } from "./core/preferences";
import type { CallState } from "./core/state";

/** How this user looks at the call, and listens to it: nobody else's business. */
export interface View {
  /** Remembered on this machine; null: none was ever chosen. */
  readonly layout: Layout | null;
  readonly hidesSelf: boolean;
  /** Whom they want to see large, in this call. */
  readonly spotlight: string | null;
  /** Who has spoken, the last one first. */
  readonly heard: readonly string[];
  /** By the interpreters' user ids, see `volumesOf`. */
  readonly balances: Readonly<Record<string, number>>;
}

export interface ViewChoice extends View {
  choose: (layout: Layout) => void;
  hideSelf: (hides: boolean) => void;
  light: (userId: string | null) => void;
  balance: (userId: string, balance: number) => void;
}

export function useView({ speaker }: CallState): ViewChoice {
  const [{ layout, hidesSelf }, setPreferences] = useState(readPreferences);
  const [spotlight, light] = useState<string | null>(null);
  const [balances, setBalances] = useState<View["balances"]>({});
  const [heard, setHeard] = useState<readonly string[]>([]);
  useEffect(() => setHeard((before) => heardNow(before, speaker)), [speaker]);
  return {
    layout,
    hidesSelf,
    spotlight,
    heard,
    balances,
    choose: (chosen) => setPreferences(changePreferences({ layout: chosen })),
    hideSelf: (hides) => setPreferences(changePreferences({ hidesSelf: hides })),
    light,
    balance: (userId, balance) => setBalances((all) => ({ ...all, [userId]: balance })),
  };
}
