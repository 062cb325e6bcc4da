import { describe, expect, it } from "vitest";
import { gridOf } from "../../shared/ui/grid";
import {
  type Arrangement,
  arrange,
  type Cast,
  heardNow,
  placesOf,
  SCREEN,
  SELF,
  spaceBeside,
} from "./arrangement";
import { LAYOUTS } from "./core/layout";

const people = ["alex", "sam", "maria", "chen", "kim"].map((user_id) => ({
  user_id,
  role: user_id === "maria" ? ("interpreter" as const) : ("relative" as const),
}));
const cast: Cast = {
  layout: "grid",
  people: people.slice(0, 3),
  withSelf: true,
  withScreen: false,
  spotlight: null,
  heard: [],
};
const STAGES = [
  { width: 1248, height: 648 },
  { width: 788, height: 900 },
  { width: 390, height: 650 },
  { width: 844, height: 240 },
];

describe("who is large", () => {
  it("is nobody in a grid, whoever speaks", () => {
    const { large, small } = arrange({ ...cast, heard: ["sam"] });
    expect(large).toEqual([]);
    expect(small).toEqual(["maria", "alex", "sam", SELF]);
  });

  it("is whoever spoke last, or the first before anybody did", () => {
    expect(arrange({ ...cast, layout: "speaker" }).large).toEqual(["alex"]);
    expect(arrange({ ...cast, layout: "speaker", heard: ["sam", "alex"] }).large).toEqual(["sam"]);
    expect(arrange({ ...cast, layout: "speaker", heard: ["left"] }).large).toEqual(["alex"]);
  });

  it("is two side by side: whoever spoke last and the interpreter, or oneself of two", () => {
    expect(arrange({ ...cast, layout: "side", heard: ["sam"] }).large).toEqual(["maria", "sam"]);
    const two = arrange({ ...cast, layout: "side", people: people.slice(0, 1) });
    expect(two).toEqual({ large: ["alex", SELF], small: [] });
  });

  it("is whoever has this user's spotlight, beside a shared screen, in every layout", () => {
    for (const layout of LAYOUTS) {
      expect(arrange({ ...cast, layout, spotlight: "sam" }).large[0]).toBe("sam");
      const shared = arrange({ ...cast, layout, spotlight: "sam", withScreen: true });
      expect(shared.large).toEqual([SCREEN, "sam"]);
      expect(arrange({ ...cast, layout, spotlight: "left" })).toEqual(arrange({ ...cast, layout }));
    }
  });
});

it("keeps everybody in sight, the interpreter first of the small ones, whatever is asked", () => {
  for (const layout of LAYOUTS)
    for (let others = 1; others <= people.length; others += 1)
      for (const withScreen of [false, true])
        for (const withSelf of [false, true])
          for (const spotlight of [null, "alex", "maria"]) {
            const asked = { layout, withScreen, withSelf, spotlight, heard: ["sam"] };
            const arranged = arrange({ ...asked, people: people.slice(0, others) });
            const shown = [...arranged.large, ...arranged.small];
            expect(new Set(shown).size).toBe(shown.length);
            expect(shown).toHaveLength(others + Number(withSelf) + Number(withScreen));
            const small = arranged.small.indexOf("maria");
            if (others >= 3) expect(shown).toContain("maria");
            expect(small <= 0).toBe(true);
            for (const stage of STAGES) fits(arranged, stage);
          }
});

/** Each has a place on the stage, and nobody stands in front of anybody. */
function fits(arranged: Arrangement, stage: { width: number; height: number }): void {
  const places = [...placesOf(arranged, stage, 6).values()];
  expect(places).toHaveLength(arranged.large.length + arranged.small.length);
  for (const [at, one] of places.entries()) {
    expect(one.width).toBeGreaterThan(40);
    expect(one.height).toBeGreaterThan(30);
    expect(one.left).toBeGreaterThanOrEqual(6);
    expect(one.top).toBeGreaterThanOrEqual(6);
    expect(one.left + one.width).toBeLessThanOrEqual(stage.width - 5.9);
    expect(one.top + one.height).toBeLessThanOrEqual(stage.height - 5.9);
    for (const other of places.slice(at + 1)) {
      const apart =
        one.left + one.width <= other.left ||
        other.left + other.width <= one.left ||
        one.top + one.height <= other.top ||
        other.top + other.height <= one.top;
      expect(apart).toBe(true);
    }
  }
}

it("puts small tiles beside what is large where there is width, else below it", () => {
  const [desktop, , phone] = STAGES;
  if (desktop === undefined || phone === undefined) throw new Error("no stages");
  const six = { large: 1, small: 6 };
  expect(spaceBeside(desktop, six).place).toBe("beside");
  expect(spaceBeside(phone, six).place).toBe("below");
  expect(gridOf(6, spaceBeside(desktop, six).space).columns).toBe(1);
  expect(gridOf(6, spaceBeside(phone, six).space)).toEqual({ columns: 3, rows: 2 });
});

it("puts two side by side where there is width and height, and nobody small in a ribbon", () => {
  const [desktop, , , sideways] = STAGES;
  if (desktop === undefined || sideways === undefined) throw new Error("no stages");
  const [one, two, self] = placesOf(arrange({ ...cast, layout: "side" }), desktop, 10).values();
  expect(one?.top).toBe(two?.top);
  expect(self?.width).toBeLessThanOrEqual((16 / 9) * (self?.height ?? 0));
  expect(spaceBeside(sideways, { large: 2, small: 2 }).place).toBe("beside");
});

it("makes the large one larger than each of the others", () => {
  for (const stage of STAGES) {
    const places = placesOf(arrange({ ...cast, layout: "speaker" }), stage, 6);
    const areas = [...places.values()].map(({ width, height }) => width * height);
    expect(areas[0]).toBeGreaterThan(Math.max(...areas.slice(1)));
  }
});

it("remembers who spoke, the last one first", () => {
  expect(heardNow([], null)).toEqual([]);
  const heard = heardNow(heardNow([], "a"), "b");
  expect(heard).toEqual(["b", "a"]);
  expect(heardNow(heard, null)).toBe(heard);
  expect(heardNow(heard, "b")).toBe(heard);
  expect(heardNow(heard, "a")).toEqual(["a", "b"]);
});
