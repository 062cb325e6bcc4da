/**
 * What somebody chose on this machine the last time: kept by the browser, and no part of an
 * account.
 */

import { type Layout, layoutOf } from "./layout";
import { type Processing, processingOf } from "./processing";

export interface RememberedDevice {
  readonly id: string;
  /** Ids change when cookies are cleared, and Safari's at any time; names stay. */
  readonly label: string;
}

export interface Preferences {
  readonly microphone: RememberedDevice | null;
  readonly camera: RememberedDevice | null;
  readonly speaker: RememberedDevice | null;
  /** Whether to begin a call with it on. */
  readonly withMicrophone: boolean;
  readonly withCamera: boolean;
  /** What the browser makes of the microphone. */
  readonly processing: Processing;
  /** null: none was ever chosen. */
  readonly layout: Layout | null;
  readonly hidesSelf: boolean;
  /** Whether what is behind oneself is blurred. */
  readonly blurs: boolean;
  /** Whether a caller hears that it rings. */
  readonly ringback: boolean;
}

export const NO_PREFERENCES: Preferences = {
  microphone: null,
  camera: null,
  speaker: null,
  withMicrophone: true,
  withCamera: true,
  processing: "speech",
  layout: null,
  hidesSelf: false,
  blurs: false,
  ringback: true,
};

const KEY = "carelay.devices";

/** As it was kept; anything else that may stand there counts as nothing. */
export function parsePreferences(text: string | null): Preferences {
  const kept = parsed(text);
  return {
    microphone: device(kept.microphone),
    camera: device(kept.camera),
    speaker: device(kept.speaker),
    withMicrophone: kept.withMicrophone !== false,
    withCamera: kept.withCamera !== false,
    processing: processingOf(kept.processing),
    layout: layoutOf(kept.layout),
    hidesSelf: kept.hidesSelf === true,
    blurs: kept.blurs === true,
    ringback: kept.ringback !== false,
  };
}

function parsed(text: string | null): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text ?? "");
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function device(value: unknown): RememberedDevice | null {
  const { id, label } = (value ?? {}) as Record<string, unknown>;
  return typeof id === "string" && typeof label === "string" ? { id, label } : null;
}

/** Of these the one that was meant: by its id, or else by its name. */
export function find<Device extends Pick<MediaDeviceInfo, "deviceId" | "label">>(
  wanted: RememberedDevice | null,
  devices: readonly Device[],
): Device | null {
  if (wanted === null) return null;
  const byLabel = ({ label }: Device) => label !== "" && label === wanted.label;
  return devices.find(({ deviceId }) => deviceId === wanted.id) ?? devices.find(byLabel) ?? null;
}

export function readPreferences(): Preferences {
  try {
    return parsePreferences(localStorage.getItem(KEY));
  } catch {
    return NO_PREFERENCES; // a browser that keeps nothing for this page
  }
}

/** Returns all of them as they are now. */
export function changePreferences(change: Partial<Preferences>): Preferences {
  const preferences = { ...readPreferences(), ...change };
  try {
    localStorage.setItem(KEY, JSON.stringify(preferences));
  } catch {
    // It holds for this page all the same.
  }
  return preferences;
}
