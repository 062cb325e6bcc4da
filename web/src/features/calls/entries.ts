/** What a page knows of a call it has just begun or accepted, before the server tells more. */
export interface Entry {
  otherName: string;
  /** Of this call: a side, not a role. */
  isProvider: boolean;
  isPatient?: boolean;
  /** Whose answers its provider can read beside it. */
  patientId?: string | undefined;
  audioOnly: boolean;
  /** As an observer, who is neither heard nor seen. */
  watching?: boolean;
  /**
   * The server's pending reply to accepting. The camera opens meanwhile: half the time to the first
   * picture.
   */
  ready?: Promise<unknown>;
}

/** Of this page load only: after a reload the server is asked. */
const entries = new Map<string, Entry>();

export function rememberEntry(roomId: string, entry: Entry): void {
  // Whoever shows the call reports the error; this keeps it from being "unhandled" until then.
  entry.ready?.catch(() => undefined);
  entries.set(roomId, entry);
}

export function entryOf(roomId: string): Entry | undefined {
  return entries.get(roomId);
}

export function forgetEntry(roomId: string): void {
  entries.delete(roomId);
}
