import { useCallback, useEffect, useRef, useState } from "react";
import { api } from "../../../shared/api/endpoints";
import type { Playback, RecordingDetail } from "../../../shared/api/schema";
import { close, openKey, useKeyring } from "./keyring";
import type { OpenedPart } from "./opening/recording";
import type { TroubleCode } from "./opening/trouble";
import { errorOf, type OpenKey } from "./openkey";
import { isDamage, troubleWords } from "./troubles";
import { addressOf } from "./wire";

/** A recording that the key has opened. */
export interface Opened {
  readonly grant: Playback;
  /** How many were opened before it. */
  readonly time: number;
  readonly isAuthentic: boolean;
  readonly parts: readonly OpenedPart[];
}

export interface Decryption {
  readonly isOpening: boolean;
  readonly opened: Opened | null;
  /** Why it is closed, or what is wrong while it plays. */
  readonly problem: string | null;
  /** How much of what a crash has left was read, from 0 to 1. */
  readonly progress: number | null;
}

let times = 0;

/** What was granted, opened with the key of this page for as long as both are there. */
export function useDecryption(recordingId: string, grant: Playback | null): Decryption {
  const { key } = useKeyring();
  const [opened, setOpened] = useState<Opened | null>(null);
  const [isOpening, setOpening] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [progress, setProgress] = useState<number | null>(null);
  const reported = useRef(new Set<string>());

  const report = useCallback(
    ({ playback_id }: Playback, partId: string | null) => {
      const once = `${playback_id} ${partId}`;
      if (reported.current.has(once)) return;
      reported.current.add(once);
      api.tellDamage(recordingId, { playback_id, part_id: partId }).catch(() => undefined);
    },
    [recordingId],
  );

  const begin = useCallback(
    async (grant: Playback, key: OpenKey) => {
      if (!grant.sealed) return;
      setOpening(true);
      setProblem(null);
      setProgress(null);
      key.onProgress = ({ done, of }) => setProgress(of > 0 ? done / of : null);
      try {
        // Nothing is decrypted with a key of which the log does not know.
        await told(key, recordingId, grant);
        const found = await key.recording(grant.sealed);
        if (!found.isAuthentic) report(grant, null);
        for (const { part_id, trouble } of found.parts)
          if (trouble && isDamage(trouble)) report(grant, part_id);
        setOpened({ grant, time: times++, ...found });
      } catch (error) {
        setProblem(troubleWords(error));
        if (!key.isTold) close("left");
      } finally {
        setOpening(false);
      }
    },
    [recordingId, report],
  );
  useEffect(() => {
    const key = openKey();
    if (grant && key) void begin(grant, key);
  }, [grant, begin]);

  useEffect(() => {
    if (!key || !opened) return;
    key.onBroken = ({ recordingId: of, partId, failure }) => {
      if (of !== recordingId) return;
      setProblem(troubleWords(errorOf(failure)));
      if ("trouble" in failure && isDamage(failure.trouble)) report(opened.grant, partId);
    };
  }, [key, opened, recordingId, report]);

  const current = key !== null && opened?.grant === grant ? opened : null;
  return { isOpening, opened: current, problem, progress };
}

async function told(key: OpenKey, recordingId: string, { playback_id }: Playback): Promise<void> {
  if (key.isTold) return;
  await api.tellKeyOpened(recordingId, { playback_id });
  key.isTold = true;
}

/** The recording as its rows prove it, each part under the name that it goes by. */
export function proved(
  { parts }: Pick<RecordingDetail, "parts">,
  { isAuthentic, parts: found }: Opened,
): Pick<RecordingDetail, "authenticity" | "parts"> {
  return {
    authenticity: isAuthentic ? "authentic" : "changed",
    parts: parts.map((part) => {
      const row = found.find(({ part_id }) => part_id === part.part_id)?.row;
      return row && row.participant_id === part.participant_id
        ? { ...part, ...row, authenticity: "authentic" }
        : { ...part, authenticity: "changed" };
    }),
  };
}

/** Those that can be played, by the addresses that this browser answers itself. */
export function addresses(recordingId: string, { parts, time }: Opened): Record<string, string> {
  return Object.fromEntries(
    parts
      .filter(({ row, trouble }) => row !== null && (trouble === null || isPlayable(trouble)))
      .map(({ part_id }) => [part_id, addressOf(recordingId, part_id, time)]),
  );
}

/** What is wrong with each part that is not wholly as it was written. */
export function troublesOf({ parts }: Opened): readonly { partId: string; trouble: TroubleCode }[] {
  return parts.flatMap(({ part_id, trouble }) => (trouble ? [{ partId: part_id, trouble }] : []));
}

const isPlayable = (trouble: TroubleCode) => trouble === "part_ends_early";
