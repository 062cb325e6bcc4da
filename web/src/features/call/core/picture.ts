/** A picture for measuring with: it changes all over, as the worst camera would. */

const SIZE = { width: 640, height: 360 };
const BLOCK = 16;
const FRAMES_PER_SECOND = 24;

export interface TestPicture {
  track: MediaStreamTrack;
  stop(): void;
}

/** Nobody is in it: no camera is asked for. */
export function testPicture(): TestPicture {
  const canvas = Object.assign(document.createElement("canvas"), SIZE);
  const drawing = canvas.getContext("2d");
  const draw = () => {
    for (let y = 0; y < SIZE.height; y += BLOCK)
      for (let x = 0; x < SIZE.width; x += BLOCK) {
        const shade = Math.floor(256 * Math.random());
        if (drawing === null || shade % 3 !== 0) continue; // a third of it, each time
        drawing.fillStyle = `rgb(${shade} ${255 - shade} ${(7 * shade) % 256})`;
        drawing.fillRect(x, y, BLOCK, BLOCK);
      }
  };
  draw();
  const [track] = canvas.captureStream(FRAMES_PER_SECOND).getVideoTracks();
  if (track === undefined) throw new TypeError("a canvas without a track");
  const timer = setInterval(draw, 1000 / FRAMES_PER_SECOND);
  return {
    track,
    stop: () => {
      clearInterval(timer);
      track.stop();
    },
  };
}
