/** How loud a microphone is, here and now. */

/**
 * Loudness of `samples` (-1 … 1) as 0 … 1: root mean square, -60 dB to 0 dB. Speech is about 0.5.
 */
export function loudnessOf(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  const decibels = 10 * Math.log10(sum / Math.max(1, samples.length) + 1e-9);
  return Math.min(1, Math.max(0, 1 + decibels / 60));
}

/**
 * Calls `report` about 15 times a second with the loudness of the track, until the returned
 * function is called. Nothing of it is played or sent.
 */
export function meter(track: MediaStreamTrack, report: (level: number) => void): () => void {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 1024;
  try {
    context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
  } catch (error) {
    void context.close(); // a page has few of them
    throw error;
  }
  const resume = () => void context.resume().catch(() => undefined);
  resume(); // without a press on the page it stays silent, until there is one
  for (const press of PRESSES) addEventListener(press, resume);
  const samples = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    report(loudnessOf(samples));
  }, 66);
  return () => {
    clearInterval(timer);
    for (const press of PRESSES) removeEventListener(press, resume);
    void context.close();
  };
}

const PRESSES = ["pointerdown", "keydown"] as const;

/**
 * The same of a microphone, whether it is muted or not: what is measured is a copy of its track,
 * which nothing sends.
 */
export function meterMuted(track: MediaStreamTrack, report: (level: number) => void): () => void {
  const copy = track.clone();
  copy.enabled = true;
  const stop = quietly(copy, report);
  return () => {
    stop();
    copy.stop();
  };
}

/** Firefox measures no microphone whose rate is another than the system's. */
function quietly(track: MediaStreamTrack, report: (level: number) => void): () => void {
  try {
    return meter(track, report);
  } catch {
    return () => undefined;
  }
}
