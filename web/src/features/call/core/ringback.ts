/** What a caller hears while it rings at the other side's. */

/** ITU-T E.180: 425 Hz, one second of sound in every five. */
const FREQUENCY_HZ = 425;
const PERIOD_SECONDS = 5;
const BURST_SECONDS = 1;
const LOUDNESS = 0.04;
const FADE_SECONDS = 0.03;
const PRESSES = ["pointerdown", "pointerup", "keydown"] as const;

export interface Burst {
  readonly from: number;
  readonly to: number;
}

/** When it sounds within that many seconds, of which the first is now. Pure. */
export function bursts(seconds: number): Burst[] {
  const found: Burst[] = [];
  for (let from = 0; from < seconds; from += PERIOD_SECONDS)
    found.push({ from, to: Math.min(from + BURST_SECONDS, seconds) });
  return found;
}

/**
 * Sounds until then, or until the returned function is called; in a hidden page as well, since all
 * of it is planned on the clock of the sound. Where the browser keeps a page silent until it was
 * pressed, it joins in at that moment.
 */
export function startRingback(until: number, speakerId: string | undefined): () => void {
  if (typeof AudioContext === "undefined") return () => undefined;
  const context: AudioContext & { setSinkId?: (id: string) => Promise<void> } = new AudioContext();
  if (speakerId) void context.setSinkId?.(speakerId).catch(() => undefined);
  const resume = () => void context.resume().catch(() => undefined);
  const begin = () => {
    if (context.state !== "running") return;
    context.removeEventListener("statechange", begin);
    play(context, bursts((until - Date.now()) / 1000));
  };
  context.addEventListener("statechange", begin);
  begin();
  resume();
  for (const press of PRESSES) addEventListener(press, resume);
  return () => {
    for (const press of PRESSES) removeEventListener(press, resume);
    context.removeEventListener("statechange", begin);
    void context.close();
  };
}

function play(context: AudioContext, planned: readonly Burst[]): void {
  const last = planned.at(-1);
  if (last === undefined) return;
  const tone = new OscillatorNode(context, { frequency: FREQUENCY_HZ });
  const volume = new GainNode(context, { gain: 0 });
  const now = context.currentTime;
  for (const { from, to } of planned) {
    volume.gain.setTargetAtTime(LOUDNESS, now + from, FADE_SECONDS / 3);
    volume.gain.setTargetAtTime(0, now + to - FADE_SECONDS, FADE_SECONDS / 3);
  }
  tone.connect(volume).connect(context.destination);
  tone.start(now);
  tone.stop(now + last.to + FADE_SECONDS);
}
