/** One ring: two soft chimes, a fifth apart. Frequency in Hz, times in seconds. */
const CHIMES = [
  { frequency: 659.25, at: 0, length: 1.1 },
  { frequency: 987.77, at: 0.22, length: 1.3 },
];
const PERIOD_MS = 2600;
const LOUDNESS = 0.16;

let context: AudioContext | null = null;

function audio(): AudioContext | null {
  if (typeof AudioContext === "undefined") return null;
  context ??= new AudioContext();
  return context;
}

/**
 * Whether the browser lets this page make a sound: only after somebody has clicked or typed in it.
 */
export function canRing(): boolean {
  return navigator.userActivation
    ? navigator.userActivation.hasBeenActive
    : context?.state === "running";
}

/** Rings once. Silent when the browser does not allow sound. */
export function ringOnce(): void {
  const output = audio();
  if (output === null) return;
  void output.resume().catch(() => undefined);
  for (const { frequency, at, length } of CHIMES) {
    const start = output.currentTime + at;
    const tone = output.createOscillator();
    const volume = output.createGain();
    tone.type = "sine";
    tone.frequency.value = frequency;
    volume.gain.setValueAtTime(0, start);
    volume.gain.linearRampToValueAtTime(LOUDNESS, start + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.0001, start + length);
    tone.connect(volume).connect(output.destination);
    tone.start(start);
    tone.stop(start + length);
  }
}

/** Rings until the returned function is called. A phone shakes too. */
export function startRinging(): () => void {
  const ring = () => {
    // Tones queued while sound is not allowed would all sound at once later.
    if (!canRing()) return;
    ringOnce();
    navigator.vibrate?.([200, 120, 200]);
  };
  ring();
  const timer = setInterval(ring, PERIOD_MS);
  return () => {
    clearInterval(timer);
    if (canRing()) navigator.vibrate?.(0);
  };
}
