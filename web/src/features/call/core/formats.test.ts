import { describe, expect, it } from "vitest";
import type { Participant, ServerMessage } from "../../../shared/api/signaling/messages";
import { callJoined, patient, present, provider, stateAfter } from "./call.fixture";
import { pictureProblem } from "./selectors";

describe("the formats of the picture", () => {
  const joined = (own: Participant["video_codecs"], theirs: Participant["video_codecs"]) =>
    pictureProblem(
      stateAfter(
        callJoined(),
        present({ ...provider, video_codecs: own }, { ...patient, video_codecs: theirs }),
      ),
      { ...patient, video_codecs: theirs },
    );

  it("are no problem while they are unknown or shared", () => {
    expect(joined(["VP8"], ["H264", "VP8"])).toBeNull();
    expect(joined(null, ["H264"])).toBeNull();
    expect(joined(["VP8"], null)).toBeNull();
  });

  it("are named on the side that lacks them", () => {
    expect(joined([], ["VP8"])).toBe("own");
    expect(joined(["VP8"], [])).toBe("other");
    expect(joined(["VP8"], ["H264"])).toBe("other");
  });
});

it("says that this browser cannot be connected once the server has refused its offer for good", () => {
  const refusal: ServerMessage = {
    type: "error",
    title: "The offer cannot be answered",
    detail: "no codec",
    code: "bad_offer",
    reason: null,
    parameters: {},
    in_reply_to: "offer",
    room_id: "r",
    client_id: null,
  };
  expect(stateAfter(callJoined(), refusal).incompatible).toBe(true);
  expect(stateAfter(callJoined(), { ...refusal, code: "too_many_messages" }).incompatible).toBe(
    false,
  );
});
