/**
 * The own camera's picture with its background blurred, on this machine. What blurs is no part of a
 * call's page: it is loaded where somebody wants it.
 */

export interface Blur {
  /**
   * The same picture, blurred, for as long as `track` lasts. No frame is in it that could not be
   * blurred.
   */
  of(track: MediaStreamTrack): MediaStreamTrack;
  close(): void;
}

/** `failed` is called when it can blur no more. Rejects where it cannot at all. */
export type OpenBlur = (failed: () => void) => Promise<Blur>;

let opening: OpenBlur | null = null;

/** For pages that come with what blurs. */
export function offerBlur(open: OpenBlur): void {
  opening = open;
}

/**
 * Whether this page and browser can: frames reach a worker as streams in Chromium alone, so that
 * they go on at their rate in a hidden tab as well.
 */
export function canBlur(): boolean {
  return (
    opening !== null &&
    "MediaStreamTrackProcessor" in globalThis &&
    "MediaStreamTrackGenerator" in globalThis &&
    "OffscreenCanvas" in globalThis
  );
}

/** null: it cannot be had. */
export async function openBlur(failed: () => void): Promise<Blur | null> {
  try {
    return opening === null ? null : await opening(failed);
  } catch {
    return null;
  }
}
