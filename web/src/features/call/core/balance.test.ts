import { expect, it } from "vitest";
import { volumeOf, volumesOf } from "./balance";

const alex = { user_id: "alex", role: "patient" } as const;
const maria = { user_id: "maria", role: "interpreter" } as const;
const ana = { user_id: "ana", role: "interpreter" } as const;

it("makes one quieter for the other, and nobody silent", () => {
  expect(volumesOf(0)).toEqual({ original: 1, interpreter: 1 });
  expect(volumesOf(0.5)).toEqual({ original: 0.5, interpreter: 1 });
  expect(volumesOf(-0.25)).toEqual({ original: 1, interpreter: 0.75 });
  expect(volumesOf(1).original).toBeGreaterThan(0);
  expect(volumesOf(-7).interpreter).toBeGreaterThan(0);
});

it("leaves all as they are where nothing was chosen, and where nobody interprets", () => {
  expect(volumeOf(alex, [alex, maria], {})).toBe(1);
  expect(volumeOf(maria, [alex, maria], {})).toBe(1);
  expect(volumeOf(alex, [alex], { maria: 1 })).toBe(1);
});

it("balances each interpreter by their own, and the others by what asks most of them", () => {
  const balances = { maria: 0.5, ana: -0.5 };
  const people = [alex, maria, ana];
  expect(volumeOf(maria, people, balances)).toBe(1);
  expect(volumeOf(ana, people, balances)).toBe(0.5);
  expect(volumeOf(alex, people, balances)).toBe(0.5);
});
