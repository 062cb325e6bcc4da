import { useCallback, useEffect, useRef, useState } from "react";
import { api } from "../../../shared/api/endpoints";
import type { RecordingExport } from "../../../shared/api/schema";
import { type ChangeableLoad, useLoad } from "../../../shared/ui/useLoad";
import { isWaiting, news } from "./exports";

const LOOK_MS = 2000;

export interface Exports {
  load: ChangeableLoad<readonly RecordingExport[]>;
  /** What has just become of one, to be read out. */
  told: string;
}

/** Those of everybody, or of one recording; looked at again for as long as one is being made. */
export function useExports(recordingId?: string): Exports {
  const load = useLoad(
    useCallback(async (): Promise<readonly RecordingExport[]> => {
      const { exports } = await api.recordingExports();
      return exports.filter((each) => (recordingId ?? each.recording_id) === each.recording_id);
    }, [recordingId]),
  );
  const { value, reload } = load;
  const before = useRef<readonly RecordingExport[]>([]);
  const [told, setTold] = useState("");
  useEffect(() => {
    if (value === undefined) return;
    const words = news(before.current, value);
    before.current = value;
    if (words !== "") setTold(words);
    if (!value.some(isWaiting)) return;
    const timer = setTimeout(reload, LOOK_MS);
    return () => clearTimeout(timer);
  }, [value, reload]);
  return { load, told };
}
