/**
 * What the browser makes of a microphone before it is sent: for speech it takes out echo and noise
 * and evens out loudness; of music that leaves little, so nothing is done to it.
 */
export type Processing = "speech" | "music";

const STEPS = ["echoCancellation", "noiseSuppression", "autoGainControl"] as const;

export function processingOf(value: unknown): Processing {
  return value === "music" ? "music" : "speech";
}

export function constraintsOf(processing: Processing): MediaTrackConstraints {
  return Object.fromEntries(STEPS.map((step) => [step, processing === "speech"]));
}

/** Whether it is done, as far as the browser tells: what it does not know it does not do. */
export function isDone(processing: Processing, settings: MediaTrackSettings): boolean {
  const asked = processing === "speech";
  return STEPS.every((step) => settings[step] === undefined || settings[step] === asked);
}

/**
 * Changes a microphone that is open. Returns whether the browser could: Chromium takes such
 * constraints and changes nothing (measured), so it is the settings that tell.
 */
export async function process(track: MediaStreamTrack, processing: Processing): Promise<boolean> {
  try {
    await track.applyConstraints({ ...track.getConstraints(), ...constraintsOf(processing) });
  } catch {
    return false;
  }
  return isDone(processing, track.getSettings());
}
