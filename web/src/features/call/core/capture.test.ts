import { expect, it } from "vitest";
import { nextOf } from "./capture";

const [front, back, wide] = ["front", "back", "wide"].map((deviceId) => ({ deviceId }));

it("goes from camera to camera, and around again", () => {
  const cameras = [front, back, wide].filter((each) => each !== undefined);
  expect(nextOf("front", cameras)).toBe("back");
  expect(nextOf("wide", cameras)).toBe("front");
  expect(nextOf("gone", cameras)).toBe("front");
  expect(nextOf("front", cameras.slice(0, 1))).toBeNull();
  expect(nextOf("front", [])).toBeNull();
});
