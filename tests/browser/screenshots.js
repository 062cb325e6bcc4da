// Draws the pictures of README: `npm --prefix tests/browser run screenshots`. Two drawn people
// stand in for cameras.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { DESKTOP, PHONE, chromium } from "./support/browser.js";
import { PATIENT, PROVIDER, accept, signIn, startCall } from "./support/people.js";
import { seesMovingVideo } from "./support/picture.js";
import { Server } from "./support/server.js";

const PICTURES = new URL("../../docs/", import.meta.url).pathname;
const FRAMES = 24;

/**
 * @typedef
 *   {{wall: string, floor: string, lamp: string, skin: string, hair: string, clothes: string,
 *   hairPath: string, plant: boolean}}
 *   Scene
 */

/** @type {Scene} */
const DOCTOR = {
  wall: "#d9e4e0",
  floor: "#b9cbc4",
  lamp: "#f4e7c3",
  skin: "#c68d6a",
  hair: "#3a2a25",
  clothes: "#2f6f68",
  plant: true,
  hairPath:
    "M500 330c-20-150 60-215 142-215s165 60 146 222c-2 60-6 120-24 150-14-60-10-140-30-190-60 20-130 20-190-30-20 60-24 150-26 216-20-40-16-100-18-153z",
};
/** @type {Scene} */
const GUEST = {
  wall: "#e8e0d4",
  floor: "#cdbfa9",
  lamp: "#ffe9bd",
  skin: "#e2b48f",
  hair: "#6b4a2f",
  clothes: "#5b6b8c",
  plant: false,
  hairPath:
    "M520 300c-14-130 50-180 124-180s140 46 128 176c-10-30-20-60-44-84-50 22-110 22-160 0-26 24-38 54-48 88z",
};

/**
 * One frame of a person who breathes and nods a little.
 * @param {Scene} scene
 * @param {number} phase 0 to 1
 */
function drawing(scene, phase) {
  const sway = 6 * Math.sin(2 * Math.PI * phase);
  const blink = phase > 0.45 && phase < 0.55 ? 1.5 : 9;
  const plant = scene.plant
    ? '<g fill="#5f8f77"><path d="M1060 560c-70-90-60-190-30-240 30 60 50 150 30 240z"/><path d="M1070 560c10-110 60-170 120-200 0 80-40 160-120 200z"/><path d="M1050 560c-50-60-110-90-150-90 20 50 80 90 150 90z"/></g><path d="M1000 550h120l-16 110h-88z" fill="#c9a27a"/>'
    : '<rect x="960" y="150" width="210" height="150" rx="6" fill="#fff" opacity=".75"/><path d="M975 285l60-80 45 50 30-30 45 60z" fill="#a9bcc9"/>';
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1280 720" width="1280" height="720">
    <defs><radialGradient id="l" cx="18%" cy="22%" r="70%">
    <stop offset="0" stop-color="${scene.lamp}"/>
    <stop offset="1" stop-color="${scene.wall}" stop-opacity="0"/>
    </radialGradient>
    <linearGradient id="s" x1="0" x2="1">
    <stop offset="0" stop-color="#000" stop-opacity="0"/>
    <stop offset="1" stop-color="#000" stop-opacity=".14"/>
    </linearGradient>
    </defs>
    <rect width="1280" height="720" fill="${scene.wall}"/>
    <rect width="1280" height="720" fill="url(#l)"/>
    <rect y="640" width="1280" height="80" fill="${scene.floor}"/>
    <rect x="110" y="120" width="14" height="520" fill="#8d8577"/>
    <path d="M50 120h134l-30-96H80z" fill="${scene.lamp}"/>${plant}
    <g transform="translate(${sway * 0.5} ${sway})"><path d="M330 720c10-150 120-210 230-226h164c110 16 220 76 232 226z" fill="${scene.clothes}"/>
    <path d="M330 720c10-150 120-210 230-226h164c110 16 220 76 232 226z" fill="url(#s)"/>
    <path d="M580 440h126v72c-30 50-96 50-126 0z" fill="${scene.skin}"/>
    <path d="M580 470c40 30 86 30 126 0v42c-30 50-96 50-126 0z" fill="#000" opacity=".12"/>
    <g transform="rotate(${sway * 0.25} 643 420)"><ellipse cx="643" cy="318" rx="118" ry="150" fill="${scene.skin}"/>
    <path d="${scene.hairPath}" fill="${scene.hair}"/>
    <ellipse cx="600" cy="318" rx="10" ry="${blink}" fill="#2b2320"/>
    <ellipse cx="688" cy="318" rx="10" ry="${blink}" fill="#2b2320"/>
    <path d="M580 288q20-14 42-4M666 284q22-10 42 4" stroke="${scene.hair}" stroke-width="8" fill="none" stroke-linecap="round"/>
    <path d="M643 330q-10 34 4 44" stroke="#000" stroke-opacity=".18" stroke-width="7" fill="none" stroke-linecap="round"/>
    <path d="M606 406q38 ${24 + sway} 76 0" stroke="#9c4a42" stroke-width="9" fill="none" stroke-linecap="round"/>
    </g>
    </g>
    </svg>`;
}

/**
 * A Motion JPEG that Chromium takes for a camera.
 * @param {import("puppeteer-core").Browser} browser
 * @param {Scene} scene
 * @param {string} path
 */
async function film(browser, scene, path) {
  const page = await browser.newPage();
  await page.setViewport({ width: 1280, height: 720 });
  const frames = [];
  for (let frame = 0; frame < FRAMES; frame++) {
    await page.setContent(`<style>body{margin:0}</style>${drawing(scene, frame / FRAMES)}`);
    frames.push(await page.screenshot({ type: "jpeg", quality: 90 }));
  }
  await page.close();
  await writeFile(path, Buffer.concat(frames));
}

const folder = await mkdtemp(join(tmpdir(), "carelay-pictures-"));
const painter = await chromium();
await film(painter, DOCTOR, join(folder, "doctor.mjpeg"));
await film(painter, GUEST, join(folder, "guest.mjpeg"));
await painter.close();

const server = await Server.start();
const doctors = await chromium([
  `--use-file-for-fake-video-capture=${join(folder, "doctor.mjpeg")}`,
]);
const guests = await chromium([`--use-file-for-fake-video-capture=${join(folder, "guest.mjpeg")}`]);
const provider = await signIn(doctors, server.url, PROVIDER, DESKTOP);
const patient = await signIn(guests, server.url, PATIENT, { ...PHONE, deviceScaleFactor: 2 });
await startCall(provider, "Alex Morgan", { recording: true });
await accept(patient, { consent: true });
await Promise.all([seesMovingVideo(provider, 90), seesMovingVideo(patient, 90)]);
// Away from the controls and their tooltips.
await Promise.all([provider.mouse.move(640, 300), patient.mouse.move(195, 300)]);
await provider.screenshot({ path: `${PICTURES}call.png` });
await patient.screenshot({ path: `${PICTURES}call-phone.png` });
await Promise.all([doctors.close(), guests.close()]);
await server.remove();
await rm(folder, { recursive: true });
