import model from "@twilio/video-processors/dist/build/selfie_segmentation_landscape.tflite?url";
import loader from "@twilio/video-processors/dist/build/tflite-simd-1-0-0.js?url";
import binary from "@twilio/video-processors/dist/build/tflite-simd-1-0-0.wasm?url";
import type { Blur } from "../core/blur";
import type { Segmenter, ToWorker } from "./messages";

/** Insertable Streams for MediaStreamTrack, as Chromium has them in windows. */
declare class MediaStreamTrackProcessor {
  constructor(init: { track: MediaStreamTrack; maxBufferSize?: number });
  readonly readable: ReadableStream<VideoFrame>;
}
declare class MediaStreamTrackGenerator extends MediaStreamTrack {
  constructor(init: { kind: "video" });
  readonly writable: WritableStream<VideoFrame>;
}

const START_MS = 20_000;

/** Resolves once frames can be blurred; rejects if that cannot be. */
export async function openBlur(failed: () => void): Promise<Blur> {
  const worker = new Worker(new URL("./blurworker.ts", import.meta.url));
  const send = (message: ToWorker, transfer: Transferable[] = []) =>
    worker.postMessage(message, transfer);
  try {
    const segmenter: Segmenter = { loader, binary, model };
    send({ type: "load", segmenter });
    await answered(worker);
  } catch (error) {
    worker.terminate();
    throw error;
  }
  worker.onmessage = worker.onerror = failed; // which says no more than that
  return {
    of(track) {
      const blurred = new MediaStreamTrackGenerator({ kind: "video" });
      // Only the newest frame waits: a slow machine shows fewer, and none late.
      const { readable } = new MediaStreamTrackProcessor({ track, maxBufferSize: 1 });
      const { writable } = blurred;
      send({ type: "blur", readable, writable }, [readable, writable]);
      // Whoever asks which camera it is, or which way that looks, means the one behind it.
      blurred.getSettings = () => track.getSettings();
      return blurred;
    },
    close: () => worker.terminate(),
  };
}

function answered(worker: Worker): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("it does not start")), START_MS);
    worker.onmessage = ({ data }: MessageEvent<"ready" | "failed">) => {
      clearTimeout(timer);
      if (data === "ready") resolve();
      else reject(new Error("it cannot be loaded"));
    };
    worker.onerror = () => {
      clearTimeout(timer);
      reject(new Error("it cannot be loaded"));
    };
  });
}
