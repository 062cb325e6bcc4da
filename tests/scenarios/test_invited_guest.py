"""An interpreter comes into a recorded call, is recorded by a yes of their own,
and is taken out again.
"""

from pathlib import Path

from tests.scenarios.playing import seconds_of
from tests.scenarios.server_process import person, serve
from tests.scenarios.test_recorded_call import call
from tests.talking import talking

GUEST = "ines"


async def test_a_guest_is_recorded_by_their_own_yes_and_the_call_outlasts_them(
    tmp_path: Path,
) -> None:
    async with (
        serve(tmp_path / "server") as server,
        person(server, "compliance") as compliance,
        person(server, "provider", GUEST) as guest,
    ):
        async with call(server, consent=True) as (room_id, provider, patient):
            await provider.hear("recording_state", state="recording")
            async with talking(provider.client, patient.client) as conversation:
                await conversation.lasts(2)
                told = await provider.get(f"call/{room_id}/invitable")
                assert [one["user_id"] for one in told["people"]] == [GUEST]
                await provider.post(
                    f"call/{room_id}/participants", user_id=GUEST, side="interpreter"
                )
                assert (await guest.hear("call_invitation"))["side"] == "interpreter"
                await guest.post("call/accept", room_id=room_id, recording_consent=False)
                await guest.join(room_id)
                await provider.hear("recording_state", state="stopped")
                await patient.hear("need_offer", slots={"audio": 2, "video": 3})
                await guest.say("recording_consent", room_id=room_id, recording_consent=True)
                await provider.hear("recording_state", state="recording")
                async with talking(guest.client) as guests_words:
                    await guests_words.lasts(3)
                    await provider.delete(f"call/{room_id}/participants/{GUEST}")
                assert (await guest.hear("call_ended"))["reason"] == "removed"
                await conversation.lasts(conversation.speakers[0].seconds + 1)
            await provider.post("call/end", room_id=room_id)
            assert (await patient.hear("call_ended"))["reason"] == "hung_up"
        [recording] = (await compliance.get("recordings"))["recordings"]
        assert recording["state"] == "complete"
        detail = await compliance.get(f"recordings/{recording['recording_id']}")
        playback = await compliance.post(
            f"recordings/{recording['recording_id']}/playback", purpose="PATRQT"
        )
        [part] = [part for part in detail["parts"] if part["participant_id"] == GUEST]
        assert part["participant_role"] == "interpreter"
        async with compliance.http.get(playback["urls"][part["part_id"]]) as response:
            pictures, sounds = seconds_of(await response.read())
        assert min(pictures, sounds) > 1.5
        for user_id in ("provider", "patient"):
            before, after = [part for part in detail["parts"] if part["participant_id"] == user_id]
            assert before["offset_ms"] + before["duration_ms"] <= part["offset_ms"]
            assert (
                after["offset_ms"] + after["duration_ms"] > part["offset_ms"] + part["duration_ms"]
            )
        assert [gap["reason"] for gap in detail["gaps"]] == ["stopped"]
        assert ("interpreter", "given") in [
            (said["role"], said["decision"]) for said in detail["consents"]
        ]
