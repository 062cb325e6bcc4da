import { describe, expect, it } from "vitest";
import type { Patient } from "../../shared/api/schema";
import type { MessageOf } from "../../shared/api/signaling/messages";
import { changedBy, lacksSomebody } from "./presence";

const patient = (user_id: string, online: boolean): Patient => ({
  user_id,
  name: `Name of ${user_id}`,
  birth_date: null,
  online,
  last_call_at: null,
});

const told = (news: Partial<MessageOf<"presence">>): MessageOf<"presence"> => ({
  type: "presence",
  online: [],
  offline: [],
  gone: [],
  ...news,
});

const list = { patients: [patient("here", true), patient("away", false), patient("other", true)] };

describe("the list of patients", () => {
  it("follows who comes, goes, and is not to be called any more", () => {
    const news = told({ online: ["away"], offline: ["here"], gone: ["other"] });
    expect(changedBy(list, news).patients).toEqual([patient("here", false), patient("away", true)]);
  });

  it("stays as it is where nothing is told of it, and however often the same is told", () => {
    expect(changedBy(list, told({}))).toEqual(list);
    const news = told({ online: ["away"], gone: ["other", "never there"] });
    expect(changedBy(changedBy(list, news), news)).toEqual(changedBy(list, news));
  });

  it("lacks whoever comes and is not in it, and nobody who goes", () => {
    expect(lacksSomebody(list, told({ online: ["away", "new"] }))).toBe(true);
    expect(lacksSomebody(list, told({ online: ["away"], offline: ["new"], gone: ["newer"] }))).toBe(
      false,
    );
  });
});
