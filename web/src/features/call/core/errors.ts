/**
 * What can go wrong in a call, by name, so that the page can say it in words and the host platform
 * can react.
 */
export type CallErrorCode =
  | "insecure_context" // browsers open no camera on plain http
  | "unsupported" // no WebRTC in this browser
  | "permission_denied"
  | "permission_denied_by_system" // the browser itself may not use it
  | "permission_denied_by_policy" // the page that this one stands in does not pass it on
  | "no_device"
  | "device_busy" // another program holds it
  | "device_lost" // unplugged during the call
  | "device_interrupted" // silenced by the system, such as during a phone call
  | "blur_failed" // the background could not be blurred, so the camera is off
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

/**
 * The name of a getUserMedia failure (Media Capture and Streams §10.2.1). `allowed`: what the
 * Permissions-Policy of this page says of the device.
 */
export function deviceErrorCode(error: unknown, allowed = true): CallErrorCode {
  if (error instanceof CallError) return error.code;
  const { name, message } = error instanceof Error ? error : { name: "", message: "" };
  const code = CODE_OF_EXCEPTION[name] ?? "device_busy";
  if (code !== "permission_denied") return code;
  if (!allowed) return "permission_denied_by_policy";
  // Chromium's words where macOS, Windows or Android keep the device from it.
  return /by system/i.test(message) ? "permission_denied_by_system" : code;
}

interface WithPolicy {
  featurePolicy?: { allowsFeature(feature: string): boolean };
}

/** What the policy of this page says of a device; browsers without this API say nothing. */
export function isAllowed(kind: "microphone" | "camera"): boolean {
  return (document as Document & WithPolicy).featurePolicy?.allowsFeature(kind) ?? true;
}
