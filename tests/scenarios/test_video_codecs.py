"""A room agrees on a video codec that everybody in it can do: the relay does not transcode."""

from collections.abc import AsyncIterator

import pytest

from relay.relay import Relay, RelaySettings
from relay.room import Room
from tests.scenarios.conftest import Join
from tests.scenarios.party import Party


@pytest.fixture
async def relay() -> AsyncIterator[Relay]:
    relay = await Relay.open(RelaySettings(host="127.0.0.1", video_codecs=("H264", "VP8")))
    yield relay
    await relay.close()


def sent(party: Party) -> tuple[str, ...]:
    """The codecs in which the browser was told to send its camera, the preferred one first."""
    sending = party.answer.split("m=")[2]
    assert "a=recvonly" in sending
    return tuple(name for name in ("H264", "VP8") if f" {name}/90000" in sending)


async def test_who_can_do_less_decides_for_those_who_come_later(join: Join) -> None:
    ann, bob = await join("ann", lacks=("H264",)), await join("bob")
    assert (sent(ann), sent(bob)) == (("VP8",), ("VP8",))


async def test_who_is_there_offers_anew_when_somebody_joins_who_can_do_less(join: Join) -> None:
    ann = await join("ann")
    assert sent(ann) == ("H264", "VP8")
    bob = await join("bob", lacks=("H264",))
    assert sent(bob) == ("VP8",)
    assert ann.needed == [ann.peer.slots_needed]
    await ann.offer()
    assert sent(ann) == ("VP8",)
    assert len(ann.needed) == 1, "asked once"


async def test_who_can_show_no_video_hears_and_is_heard_and_hinders_nobody(join: Join) -> None:
    ann, bob = await join("ann"), await join("bob", lacks=("H264", "VP8"))
    assert bob.peer.video_codecs == ()
    assert sent(ann) == ("H264", "VP8")
    assert bob.needed == []
    assert {assignment.source for assignment in bob.assignments.values()} == {"microphone"}
    assert {assignment.source for assignment in ann.assignments.values()} == {"microphone"}


async def test_who_comes_back_after_the_others_offered_anew_is_heeded_again(
    join: Join, room: Room
) -> None:
    ann = await join("ann")
    await join("bob", lacks=("H264",))
    await ann.offer()
    await room.leave("bob")
    await ann.offer()
    assert sent(ann) == ("H264", "VP8")
    await join("bob", lacks=("H264",))
    assert len(ann.needed) == 2
    await ann.offer()
    assert sent(ann) == ("VP8",)


async def test_who_offers_a_microphone_first_is_asked_for_video_all_the_same(join: Join) -> None:
    ann = await join("ann")
    text, _ = ann.client.offer(("microphone",), video_slots=0)
    await ann.peer.offer(text, {"0": "microphone"})
    await join("bob")
    assert [slots.video for slots in ann.needed] == [2]
