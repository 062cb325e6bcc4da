import { useCallback, useState } from "react";
import { api } from "../../shared/api/endpoints";
import { type Beginning, beginning } from "../../shared/api/pages";
import type { Recording } from "../../shared/api/schema";
import { useKept } from "../../shared/ui/useKept";
import { type Load, useLoad } from "../../shared/ui/useLoad";
import { asked, type Filter, filterOf, flawOf, searchOf } from "./filter";

/** Of people, by their ids, as far as they are known. */
export type Names = Readonly<Record<string, string>>;

interface Answer extends Beginning<Recording> {
  search: string;
  next: string | null;
  names: Names;
}

export interface Found extends Load<Answer> {
  names: Names;
  /** Nothing has come yet, by whatever filter. */
  isFirst: boolean;
  /** Older ones, below those that are there. */
  more: () => void;
  isComing: boolean;
  /** Why the older ones could not be had. */
  moreError: unknown;
}

const STILL = { isComing: false, error: undefined as unknown };

/**
 * Recordings as they are looked for, newest first. As many pages of them as were shown are there
 * again after Back; what is there is not fetched anew when older ones are, since each look is an
 * entry of the audit log.
 */
export function useFound(filter: Filter): Found {
  const search = searchOf(filter);
  const [shown, setShown] = useKept("shown", { search, pages: 1 });
  const [pages] = useState(shown.search === search ? shown : { search, pages: 1 });
  const first = pages.search === search ? pages.pages : 1;
  const load = useLoad(useCallback(() => newest(search, first), [search, first]));
  const [older, setOlder] = useState(STILL);
  const { change } = load;
  // What was found by another filter is not shown below this one while its answer comes.
  const value = load.value?.search === search ? load.value : undefined;
  const more = () => {
    const cursor = value?.next;
    if (!cursor || older.isComing) return;
    setOlder({ isComing: true, error: undefined });
    api.recordings(asked(filter), cursor).then(
      ({ recordings, next_cursor }) => {
        // What is looked for by now does not go on there.
        change((now) => (now.next === cursor ? joined(now, recordings, next_cursor) : now));
        setShown({ search, pages: value.pages + 1 });
        setOlder(STILL);
      },
      (error: unknown) => setOlder({ isComing: false, error }),
    );
  };
  const names = load.value?.names ?? {};
  const isFirst = load.value === undefined;
  return { ...load, value, names, isFirst, more, isComing: older.isComing, moreError: older.error };
}

async function newest(search: string, pages: number): Promise<Answer> {
  const filter = filterOf(search);
  if (flawOf(filter) !== null) return { ...NOTHING, search };
  let next: string | null = null;
  let names: Names = {};
  const found = await beginning(async (cursor) => {
    const answer = await api.recordings(asked(filter), cursor);
    next = answer.next_cursor ?? null;
    names = {
      [filter.person]: answer.person_name ?? filter.person,
      [filter.provider]: answer.provider_name ?? filter.provider,
    };
    return { items: answer.recordings, next };
  }, pages);
  return { ...found, search, next, names };
}

const NOTHING: Answer = {
  items: [],
  pages: 1,
  isWhole: true,
  search: "",
  next: null,
  names: {},
};

function joined(
  now: Answer,
  recordings: readonly Recording[],
  next: string | null | undefined,
): Answer {
  return {
    ...now,
    items: [...now.items, ...recordings],
    pages: now.pages + 1,
    isWhole: !next,
    next: next ?? null,
  };
}
