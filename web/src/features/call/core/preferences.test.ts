import { expect, test } from "vitest";
import { find, NO_PREFERENCES, parsePreferences } from "./preferences";

const headset = { deviceId: "h1", label: "Headset" };
const builtIn = { deviceId: "b1", label: "Built-in" };

test("what was kept is read back, and rubbish counts as nothing", () => {
  const camera = { id: "c", label: "Camera" };
  const chosen = { processing: "music", layout: "side", hidesSelf: true } as const;
  const kept = { ...NO_PREFERENCES, camera, withCamera: false, ...chosen };
  expect(parsePreferences(JSON.stringify(kept))).toEqual(kept);
  for (const rubbish of [
    null,
    "",
    "{",
    "[]",
    "7",
    '"x"',
    '{"camera":3,"withCamera":"no","processing":"loud","layout":1,"hidesSelf":"no"}',
  ])
    expect(parsePreferences(rubbish)).toEqual(NO_PREFERENCES);
});

test("a device is known by its id, and by its name where ids have changed", () => {
  expect(find({ id: "h1", label: "?" }, [builtIn, headset])).toBe(headset);
  expect(find({ id: "old", label: "Headset" }, [builtIn, headset])).toBe(headset);
  expect(find({ id: "old", label: "Other" }, [builtIn, headset])).toBeNull();
  expect(find({ id: "old", label: "" }, [{ deviceId: "x", label: "" }])).toBeNull();
  expect(find(null, [headset])).toBeNull();
});
