// Plays and seeks files in a real browser: node play.mjs chrome|firefox URL… → a JSON array on
// standard output.

import { createRequire } from "node:module";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";

const browserTests = resolve(fileURLToPath(import.meta.url), "../../../browser/package.json");
const { launch } = createRequire(browserTests)("puppeteer-core");
const [kind, ...urls] = process.argv.slice(2);

const browser = await launch({
  browser: kind,
  executablePath: kind === "chrome" ? "/usr/bin/chromium" : "/usr/bin/firefox-esr",
  args: kind === "chrome" ? ["--no-sandbox", "--autoplay-policy=no-user-gesture-required"] : [],
  extraPrefsFirefox: { "media.autoplay.default": 0 },
});
try {
  const page = await browser.newPage();
  await page.goto(new URL("/", urls[0]).href);
  const play = async (source) => {
    const video = document.createElement("video");
    document.body.append(video);
    const next = (name) =>
      new Promise((done, failed) => {
        video.addEventListener(name, done, { once: true });
        video.addEventListener("error", () => failed(new Error(video.error?.message)), {
          once: true,
        });
      });
    const picture = () => {
      const canvas = document.createElement("canvas");
      canvas.width = video.videoWidth;
      canvas.height = video.videoHeight;
      if (!canvas.width) return 0;
      const context = canvas.getContext("2d");
      context.drawImage(video, 0, 0);
      const row = context.getImageData(0, canvas.height - 2, canvas.width, 1).data;
      return Math.min(...row.filter((_, index) => index % 4 === 0)); // beside the white bar
    };
    video.muted = true;
    video.src = source;
    await next("canplay");
    const { duration, videoWidth: width } = video;
    const seekable = video.seekable.length ? video.seekable.end(video.seekable.length - 1) : 0;
    const seeked = next("seeked");
    video.currentTime = duration * 0.4;
    await seeked;
    // Firefox may be about to draw the first one.
    while (width && !picture()) await new Promise(requestAnimationFrame);
    const then = picture();
    const at = video.currentTime;
    await video.play();
    while (video.currentTime < at + 0.5) await next("timeupdate");
    return { duration, width, seekable, then, at, played: video.currentTime - at };
  };
  const seen = [];
  for (const url of urls) seen.push(await page.evaluate(play, url));
  console.log(JSON.stringify(seen));
} finally {
  await browser.close();
}
