/** A picture of what the player shows, with what has to stand on it burnt in. */

import type { RefObject } from "react";

/** Px at most: what browsers draw. */
const WIDEST = 7680;
const LARGEST = 4;
/** Px on the screen. */
const TEXT = 15;
const LINE = 24;
const EDGE = 16;
const BESIDE = 56;
const ROW = 88;

/** What a player lends to whoever takes a still of it. */
export interface Shown {
  readonly pictures: RefObject<HTMLElement | null>;
  /** What the key of the player does. */
  readonly take: RefObject<(() => void) | null>;
  readonly position: number;
  /** Stands still until what is returned is called. */
  readonly hold: () => () => void;
}

export interface StillText {
  /** Below the picture, a line each. */
  readonly lines: readonly string[];
  /** All over it. */
  readonly watermark: string;
}

/** As large as the largest of the pictures was taken, whatever size they have on the screen. */
export function drawStill(stage: HTMLElement, text: StillText): HTMLCanvasElement {
  const tiles = [...stage.querySelectorAll("figure")].filter((tile) => tile.offsetWidth > 0);
  const area = stage.getBoundingClientRect();
  const scale = scaleOf(tiles, area.width);
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(area.width * scale);
  canvas.height = Math.round((area.height + 2 * EDGE + LINE * text.lines.length) * scale);
  const pen = canvas.getContext("2d");
  if (!pen) throw new Error("no canvas");
  pen.scale(scale, scale);
  const style = getComputedStyle(stage);
  pen.fillStyle = getComputedStyle(stage.closest("section") ?? stage).backgroundColor;
  pen.fillRect(0, 0, area.width, canvas.height / scale);
  pen.font = `600 ${TEXT}px ${style.fontFamily}`;
  pen.textBaseline = "middle";
  for (const tile of tiles) drawTile(pen, tile, area);
  drawWatermark(pen, stage, area, text.watermark);
  pen.fillStyle = style.color;
  text.lines.forEach((line, at) => {
    pen.fillText(line, EDGE, area.height + EDGE + LINE * (at + 0.5), area.width - 2 * EDGE);
  });
  return canvas;
}

function scaleOf(tiles: readonly HTMLElement[], width: number): number {
  const scales = tiles.flatMap((tile) => {
    const video = shownIn(tile);
    if (!video) return [];
    const { width, height } = fitted(video, tile.getBoundingClientRect());
    return [Math.max(video.videoWidth / width, video.videoHeight / height)];
  });
  return Math.min(Math.max(1, ...scales), LARGEST, WIDEST / width);
}

/** None where words stand in the place of a picture, whatever a browser leaves behind them. */
function shownIn(tile: HTMLElement): HTMLVideoElement | null {
  if (tile.querySelector("[data-instead]")) return null;
  const videos = [...tile.querySelectorAll("video")];
  return (
    videos.find(
      (video) => getComputedStyle(video).visibility === "visible" && video.videoWidth > 0,
    ) ?? null
  );
}

/** Where the whole picture is within its tile. */
function fitted(video: HTMLVideoElement, tile: DOMRect): DOMRect {
  const scale = Math.min(tile.width / video.videoWidth, tile.height / video.videoHeight);
  const [width, height] = [video.videoWidth * scale, video.videoHeight * scale];
  const left = tile.left + (tile.width - width) / 2;
  return new DOMRect(left, tile.top + (tile.height - height) / 2, width, height);
}

function drawTile(pen: CanvasRenderingContext2D, tile: HTMLElement, area: DOMRect): void {
  const box = tile.getBoundingClientRect();
  const [left, top] = [box.left - area.left, box.top - area.top];
  const style = getComputedStyle(tile);
  pen.fillStyle = style.backgroundColor;
  pen.fillRect(left, top, box.width, box.height);
  const video = shownIn(tile);
  if (video) {
    const { x, y, width, height } = fitted(video, box);
    pen.drawImage(video, x - area.left, y - area.top, width, height);
  }
  const instead = tile.querySelector<HTMLElement>("[data-instead]");
  if (instead) {
    pen.fillStyle = getComputedStyle(instead).color;
    pen.textAlign = "center";
    const words = instead.dataset.instead ?? "";
    pen.fillText(words, left + box.width / 2, top + box.height / 2, box.width);
    pen.textAlign = "start";
  }
  const caption = tile.querySelector("figcaption");
  if (caption) drawCaption(pen, caption, left, top + box.height);
}

function drawCaption(
  pen: CanvasRenderingContext2D,
  caption: HTMLElement,
  left: number,
  bottom: number,
): void {
  const { backgroundColor, color } = getComputedStyle(caption);
  const words = caption.textContent ?? "";
  const width = pen.measureText(words).width + EDGE;
  pen.fillStyle = backgroundColor;
  pen.fillRect(left + EDGE / 2, bottom - LINE - EDGE, width, LINE + EDGE / 2);
  pen.fillStyle = color;
  pen.fillText(words, left + EDGE, bottom - LINE / 2 - EDGE * 0.75);
}

/** As over the player: thin enough to see a face through, and in every piece of the picture. */
function drawWatermark(
  pen: CanvasRenderingContext2D,
  stage: HTMLElement,
  { width, height }: DOMRect,
  words: string,
): void {
  const mark = stage.parentElement?.querySelector("[data-watermark] svg");
  const { fill, stroke } = getComputedStyle(mark ?? stage);
  pen.save();
  pen.beginPath();
  pen.rect(0, 0, width, height);
  pen.clip();
  pen.rotate((-20 * Math.PI) / 180);
  Object.assign(pen, { globalAlpha: 0.4, fillStyle: fill, strokeStyle: stroke, lineWidth: 3 });
  const step = pen.measureText(words).width + BESIDE;
  const reach = width + height;
  for (let y = 0, odd = false; y < 2 * reach; y += ROW, odd = !odd)
    for (let x = -reach - (odd ? step / 2 : 0); x < reach; x += step) {
      pen.strokeText(words, x, y);
      pen.fillText(words, x, y);
    }
  pen.restore();
}

/** Saved by the browser as a PNG. */
export async function save(canvas: HTMLCanvasElement, name: string): Promise<void> {
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/png"));
  if (!blob) throw new Error("no picture");
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  // Some browsers read it after the click only, and none says when.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
