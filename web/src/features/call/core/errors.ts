/**
 * What can go wrong in a call, by name, so that the page can say it in words and the host platform
 * can react.
 */
export type CallErrorCode =
  | "insecure_context" // browsers open no camera on plain http
  | "unsupported" // no WebRTC in this browser
  | "permission_denied"
  | "no_device"
  | "device_busy" // another program holds it
  | "device_lost" // unplugged during the call
  | "device_interrupted" // silenced by the system, such as during a phone call
  | "screen_denied"
  | "screen_unsupported"
  | "refused" // the server refuses this user this call; `detail` says why
  | "not_signed_in"
  | "connection_failed"
  | "emergency_failed";

export class CallError extends Error {
  readonly code: CallErrorCode;
  /** For the log of a program: why, in the English of the server or the browser. */
  readonly detail: string;

  constructor(code: CallErrorCode, detail = "") {
    super(detail === "" ? code : `${code}: ${detail}`);
    this.name = "CallError";
    this.code = code;
    this.detail = detail;
  }
}

const CODE_OF_EXCEPTION: Record<string, CallErrorCode> = {
  NotAllowedError: "permission_denied",
  SecurityError: "permission_denied",
  NotFoundError: "no_device",
  OverconstrainedError: "no_device",
  NotReadableError: "device_busy",
  AbortError: "device_busy",
};

/** The name of a getUserMedia failure (Media Capture and Streams §10.2.1). */
export function deviceErrorCode(error: unknown): CallErrorCode {
  const name = error instanceof Error ? error.name : "";
  return CODE_OF_EXCEPTION[name] ?? "device_busy";
}
