import type { MessageKey } from "../../shared/i18n";

/**
 * Camera and microphone, or the microphone alone where there is no camera. Rejects as getUserMedia
 * does.
 */
export async function openDevices(): Promise<MediaStream> {
  if (!navigator.mediaDevices) throw new DOMException("", "SecurityError");
  try {
    return await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
  } catch (error) {
    const noCamera =
      error instanceof DOMException && ["NotFoundError", "NotReadableError"].includes(error.name);
    if (!noCamera) throw error;
    return await navigator.mediaDevices.getUserMedia({ audio: true });
  }
}

const WORDS: Readonly<Record<string, MessageKey>> = {
  NotAllowedError: "deviceCheck.denied",
  NotFoundError: "deviceCheck.notFound",
  NotReadableError: "deviceCheck.busy",
  SecurityError: "deviceCheck.insecure",
};

/** What to tell a person about an error of getUserMedia. */
export function deviceProblem(error: unknown): MessageKey {
  return (error instanceof DOMException && WORDS[error.name]) || "deviceCheck.failed";
}

/**
 * Loudness of `samples` (-1 … 1) as 0 … 1: root mean square, -60 dB to 0 dB. Speech is about 0.5.
 */
export function loudness(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  const decibels = 10 * Math.log10(sum / Math.max(1, samples.length) + 1e-9);
  return Math.min(1, Math.max(0, 1 + decibels / 60));
}

/**
 * Calls `report` about 15 times a second with the loudness of the stream's microphone, until
 * stopped.
 */
export function meter(stream: MediaStream, report: (level: number) => void): () => void {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 1024;
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    report(loudness(samples));
  }, 66);
  return () => {
    clearInterval(timer);
    void context.close();
  };
}
