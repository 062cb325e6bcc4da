/** A worker that blurs what is behind people: no hidden tab slows it down. */

import type { Segmenter, ToWorker } from "./messages";

/** Of the WebAssembly module, whose memory takes pictures and gives masks. */
interface Lite {
  HEAPU8: Uint8Array;
  HEAPF32: Float32Array;
  _getModelBufferMemoryOffset(): number;
  _loadModel(bytes: number): number;
  _getInputMemoryOffset(): number;
  _getOutputMemoryOffset(): number;
  _runInference(): number;
}
declare function importScripts(address: string): void;
declare function createTwilioTFLiteSIMDModule(options: { locateFile: () => string }): Promise<Lite>;

/** What the model looks at. */
const WIDTH = 256;
const HEIGHT = 144;
/** Of that size, which is scaled up: nothing behind is left to be read. */
const BLUR_PX = 5;
const MARGIN = 3 * BLUR_PX; // beyond it, where a blur fades, nothing is seen
const EDGE_PX = 1;

const seen = new OffscreenCanvas(WIDTH, HEIGHT);
const mask = new OffscreenCanvas(WIDTH, HEIGHT);
const behind = new OffscreenCanvas(WIDTH, HEIGHT);
const whole = new OffscreenCanvas(1, 1);
const [look, stencil, backdrop, picture] = [seen, mask, behind, whole].map((canvas, index) =>
  drawing(canvas, index === 0),
) as [Drawing, Drawing, Drawing, Drawing];
type Drawing = OffscreenCanvasRenderingContext2D;

let lite: Lite | null = null;

addEventListener("message", ({ data }: MessageEvent<ToWorker>) => {
  if (data.type === "load") load(data.segmenter).then(() => postMessage("ready"), failed);
  else void blur(data.readable, data.writable);
});

function failed(): void {
  postMessage("failed");
}

async function load({ loader, binary, model }: Segmenter): Promise<void> {
  importScripts(loader);
  const [loaded, bytes] = await Promise.all([
    createTwilioTFLiteSIMDModule({ locateFile: () => binary }),
    fetch(model).then((reply) => {
      if (!reply.ok) throw new Error("there is no model");
      return reply.arrayBuffer();
    }),
  ]);
  loaded.HEAPU8.set(new Uint8Array(bytes), loaded._getModelBufferMemoryOffset());
  loaded._loadModel(bytes.byteLength);
  lite = loaded;
}

/** Until one of the two ends: the camera, or the track that is shown. */
async function blur(
  readable: ReadableStream<VideoFrame>,
  writable: WritableStream<VideoFrame>,
): Promise<void> {
  let broken = false;
  const transform = (frame: VideoFrame, controller: TransformStreamDefaultController) => {
    try {
      controller.enqueue(blurred(frame));
    } catch (error) {
      broken = true;
      throw error;
    } finally {
      frame.close();
    }
  };
  try {
    await readable.pipeThrough(new TransformStream({ transform })).pipeTo(writable);
  } catch {
    if (broken) failed();
  }
}

function blurred(frame: VideoFrame): VideoFrame {
  const { displayWidth: width, displayHeight: height, timestamp } = frame;
  if (whole.width !== width) whole.width = width;
  if (whole.height !== height) whole.height = height;
  look.drawImage(frame, 0, 0, WIDTH, HEIGHT);
  stencil.putImageData(people(look.getImageData(0, 0, WIDTH, HEIGHT)), 0, 0);
  backdrop.filter = `blur(${BLUR_PX}px)`;
  backdrop.drawImage(seen, -MARGIN, -MARGIN, WIDTH + 2 * MARGIN, HEIGHT + 2 * MARGIN);
  picture.globalCompositeOperation = "copy";
  picture.filter = `blur(${EDGE_PX}px)`;
  picture.drawImage(mask, 0, 0, width, height);
  picture.filter = "none";
  picture.globalCompositeOperation = "source-in";
  picture.drawImage(frame, 0, 0, width, height);
  picture.globalCompositeOperation = "destination-over";
  picture.drawImage(behind, 0, 0, width, height);
  return new VideoFrame(whole, { timestamp, alpha: "discard" });
}

/** The picture with how sure it is that somebody is there as its opacity. */
function people(picture: ImageData): ImageData {
  if (lite === null) throw new Error("it is not loaded");
  const { data } = picture;
  const { HEAPF32: memory } = lite;
  const input = lite._getInputMemoryOffset() / 4;
  for (let from = 0, to = input; from < data.length; from += 4) {
    memory[to++] = (data[from] ?? 0) / 255;
    memory[to++] = (data[from + 1] ?? 0) / 255;
    memory[to++] = (data[from + 2] ?? 0) / 255;
  }
  lite._runInference();
  const output = lite._getOutputMemoryOffset() / 4;
  for (let pixel = 0; pixel < WIDTH * HEIGHT; pixel += 1)
    data[4 * pixel + 3] = 255 * sharpened(memory[output + pixel] ?? 0);
  return picture;
}

/** Who is there is there wholly: halves of people look like ghosts. */
function sharpened(sure: number): number {
  return Math.min(1, Math.max(0, (sure - 0.3) / 0.4));
}

function drawing(canvas: OffscreenCanvas, isRead: boolean): Drawing {
  const context = canvas.getContext("2d", { willReadFrequently: isRead });
  if (context === null) throw new Error("there is no canvas");
  return context;
}
