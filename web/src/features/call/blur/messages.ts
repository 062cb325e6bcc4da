/** What the page tells the worker that blurs. It answers `ready`, and `failed` at any time. */

/** Addresses of what tells people from what is behind them: TensorFlow Lite and its model. */
export interface Segmenter {
  loader: string;
  binary: string;
  model: string;
}

export type ToWorker =
  | { type: "load"; segmenter: Segmenter }
  | {
      type: "blur";
      readable: ReadableStream<VideoFrame>;
      writable: WritableStream<VideoFrame>;
    };
