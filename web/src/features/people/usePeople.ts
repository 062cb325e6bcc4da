import { useCallback, useEffect, useState } from "react";
import { api } from "../../shared/api/endpoints";
import { type Beginning, beginning } from "../../shared/api/pages";
import type { Person } from "../../shared/api/schema";
import { type Load, useLoad } from "../../shared/ui/useLoad";

const TYPING_MS = 250;

export interface People extends Load<Beginning<Person>> {
  more: () => void;
}

/** Whom the server finds, a moment after the last letter was typed. */
export function usePeople(text: string, role: Person["role"] | ""): People {
  const typed = useSettled(text.trim());
  const [pages, setPages] = useState(1);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another question begins anew
  useEffect(() => setPages(1), [typed, role]);
  const load = useLoad(
    useCallback(
      () =>
        beginning(async (cursor) => {
          const { people, next_cursor } = await api.people({ text: typed, role }, cursor);
          return { items: people, next: next_cursor };
        }, pages),
      [typed, role, pages],
    ),
  );
  return { ...load, more: () => setPages(pages + 1) };
}

/** A value that has not changed for a moment. */
function useSettled(value: string): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), TYPING_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
