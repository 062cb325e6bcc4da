import { useState } from "react";
import { api } from "../../../shared/api/endpoints";
import type { OpenPlayback, Playback, RecordingPart } from "../../../shared/api/schema";
import { useIdentity } from "../../identity";
import { download } from "../download";
import { useAccess } from "./access";
import { lastOf, type Unlock } from "./unlocks";

export interface Opening {
  /** The recording is open, as long as it is. */
  grant: Playback | null;
  /** Somebody else has to approve. */
  needsApproval: boolean;
  /** What was asked for last; none, if nobody has to be asked. */
  unlock: Unlock | undefined;
  /** It is being asked why. */
  asks: boolean;
  /** Open it, and then save that part of it; asks why first, unless that was said. */
  open: (part?: RecordingPart) => void;
  said: (why: OpenPlayback) => Promise<void>;
  cancel: () => void;
  pending: boolean;
  problem: unknown;
}

/**
 * How a recording is opened: alone, and then it is asked why; or by an approval, for which it was
 * said why when it was asked for.
 */
export function useOpening(recordingId: string): Opening {
  const { policy, unlocks, changed } = useAccess();
  const { user_id: me } = useIdentity();
  const [opened, setOpened] = useState<Playback | null>(null);
  /** What was to be saved before it was said why. */
  const [part, setPart] = useState<RecordingPart | null>(null);
  const [asks, setAsks] = useState(false);
  const [pending, setPending] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const needsApproval = policy === "two_person";
  const unlock = needsApproval ? lastOf(unlocks, recordingId, me) : undefined;
  const approved = unlock?.state === "approved" ? unlock : undefined;

  const begin = async (why: OpenPlayback, part: RecordingPart | null) => {
    const grant = await api.openPlayback(recordingId, why);
    setOpened(grant);
    const refused = part && (await download(recordingId, part, grant.playback_id));
    if (refused) throw refused;
  };
  const openApproved = ({ purpose, reason }: Unlock, part: RecordingPart | null) => {
    setPending(true);
    setProblem(undefined);
    begin({ purpose, reason }, part)
      .catch(setProblem)
      .finally(() => setPending(false));
  };
  return {
    grant: needsApproval && !approved ? null : opened,
    needsApproval,
    unlock,
    asks,
    open: (part) => {
      if (approved) return openApproved(approved, part ?? null);
      setPart(part ?? null);
      setAsks(true);
    },
    said: async (why) => {
      if (needsApproval) changed(await api.askToOpen(recordingId, why));
      else await begin(why, part);
    },
    cancel: () => setAsks(false),
    pending,
    problem,
  };
}
