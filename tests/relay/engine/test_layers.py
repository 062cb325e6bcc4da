"""Simulcast, behaviour by behaviour; both forwarders must show it, and in the same way."""

from collections.abc import Mapping
from itertools import pairwise

import pytest

from tests.relay.engine.layered_room import HEAD, LayeredRoom, frame_of
from tests.relay.engine.pair import HEARD_PACKET
from tests.support.keyframes import starts_keyframe
from tests.support.rtp import RtpPacket

ENOUGH, LITTLE = 3_000_000, 150_000


@pytest.fixture
def room() -> LayeredRoom:
    """Both see the largest layer; nothing is congested."""
    return watched({})


def watched(behind: Mapping[str, int]) -> LayeredRoom:
    """See LayeredRoom."""
    room = LayeredRoom(behind)
    room.remb = {room.bob: ENOUGH, room.eve: ENOUGH}
    room.run(3)
    assert (room.bob.layer, room.eve.layer) == ("f", "f")
    return room


def congest(room: LayeredRoom) -> None:
    """Eve's estimate falls."""
    room.remb[room.eve] = LITTLE
    room.run(4)


def test_who_is_congested_gets_a_layer_that_fits_and_the_others_keep_theirs(
    room: LayeredRoom,
) -> None:
    congest(room)
    assert room.eve.layer == "q"
    assert room.bob.changes() == "f"
    room.eve.assert_one_stream()
    room.bob.assert_one_stream()


def test_a_layer_between_is_taken_where_it_fits(room: LayeredRoom) -> None:
    room.remb[room.eve] = 350_000
    room.run(4)
    assert room.eve.layer == "h"


def test_the_slow_one_does_not_cap_the_publisher(room: LayeredRoom) -> None:
    congest(room)
    assert room.told_bps == 2_500_000


def test_without_anybody_who_has_enough_the_publisher_is_capped(room: LayeredRoom) -> None:
    room.remb = {room.bob: LITTLE, room.eve: LITTLE}
    room.run(4)
    assert 150_000 <= room.told_bps < 1_000_000


def test_who_has_room_again_goes_up_after_a_while_and_by_one_layer(room: LayeredRoom) -> None:
    congest(room)
    room.remb[room.eve] = ENOUGH
    room.run(5)
    assert room.eve.layer == "q"
    room.run(30)
    assert room.eve.layer == "f"
    assert room.eve.changes().endswith("qhf")
    room.eve.assert_one_stream()


def test_after_a_failed_trial_the_next_waits_longer(room: LayeredRoom) -> None:
    congest(room)
    trials = []
    for _ in range(1200):
        before = room.eve.layer
        room.remb[room.eve] = 300_000 if room.eve.layer == "q" else LITTLE
        room.run(0.1)
        if before == "q" and room.eve.layer != "q":
            trials.append(room.now)
    waits = [later - sooner for sooner, later in pairwise(trials)]
    assert len(waits) >= 2
    assert waits[-1] > 1.5 * waits[0]
    room.eve.assert_one_stream()


def test_the_old_layer_goes_on_until_the_keyframe(room: LayeredRoom) -> None:
    before = len(room.eve.packets)
    room.estimate(room.eve, LITTLE)
    room.run(0.1)
    assert room.asked[-1] == "q"
    frames = [packet for packet in room.eve.packets[before:] if packet.payload[0] == 0x90]
    assert len(frames) in (3, 4)  # one each 33 ms; where the layers meet, one of each
    room.eve.assert_one_stream()


def capture_clock(packet: RtpPacket) -> int:
    """What is the same of all packets, if timestamps tell the time of capture."""
    return (packet.timestamp - 3000 * frame_of(packet)) & 0xFFFFFFFF


def test_sender_reports_put_the_new_layer_on_the_clock_of_the_old_one() -> None:
    room = watched({"f": 3})
    for rid in ("f", "q"):
        room.sender_report(rid)
    before = capture_clock(room.eve.packets[-1])
    congest(room)
    assert room.eve.layer == "q"
    assert capture_clock(room.eve.packets[-1]) == before
    room.eve.assert_one_stream()


def test_a_picture_captured_before_the_newest_comes_after_it_all_the_same() -> None:
    room = watched({"q": 3})
    for rid in ("f", "q"):
        room.sender_report(rid)
    congest(room)
    assert room.eve.layer == "q"
    room.eve.assert_one_stream()


def test_without_reports_the_time_that_passed_tells() -> None:
    room = watched({"f": 3})
    room.sender_report("f")
    before = capture_clock(room.eve.packets[-1])
    congest(room)
    after = capture_clock(room.eve.packets[-1])
    assert (before - after) & 0xFFFFFFFF == 9000 - 1  # at one instant: one tick more


def test_reports_that_cannot_be_true_are_passed_over(room: LayeredRoom) -> None:
    room.sender_report("f")
    room.sender_report("q", ahead=5.0)
    before = capture_clock(room.eve.packets[-1])
    congest(room)
    assert room.eve.layer == "q"
    assert (capture_clock(room.eve.packets[-1]) - before) & 0xFFFFFFFF == 1


def test_keyframes_are_asked_of_the_layer_that_is_received(room: LayeredRoom) -> None:
    congest(room)
    room.asked.clear()
    room.ask_keyframe(room.eve)
    room.run(0.1)
    assert room.asked == ["q"]


def test_a_layer_that_vanishes_is_left_for_the_next(room: LayeredRoom) -> None:
    room.sends = {"h", "q"}
    room.run(1)
    assert (room.bob.layer, room.eve.layer) == ("h", "h")
    room.sends = {"f", "h", "q"}
    room.run(1)
    assert (room.bob.layer, room.eve.layer) == ("f", "f")
    room.bob.assert_one_stream()


def test_a_layer_that_carries_only_padding_is_left_within_a_second(room: LayeredRoom) -> None:
    room.sends, room.pads = {"h", "q"}, {"f"}
    room.run(1)
    assert (room.bob.layer, room.eve.layer) == ("h", "h")
    assert room.bob.padding
    room.run(5)
    assert room.bob.changes() == "fh"


def test_a_layer_that_said_goodbye_is_left_at_once(room: LayeredRoom) -> None:
    room.sends = {"h", "q"}
    room.bye("f")
    room.run(0.2)
    assert room.bob.layer == "h"


def test_a_silence_of_all_changes_nothing(room: LayeredRoom) -> None:
    room.sends = set()
    room.run(3)
    room.sends = {"f", "h", "q"}
    room.run(1)
    assert room.bob.changes() == "f"


def test_statistics_name_the_layers(room: LayeredRoom) -> None:
    congest(room)
    stats = room.pair.native.stats
    assert [track.layer for track in stats(room.ann.key).up] == ["f", "h", "q"]
    assert [track.layer for track in stats(room.eve.browser.key).down] == ["q"]
    assert [track.layer for track in stats(room.bob.browser.key).down] == ["f"]


def taped(room: LayeredRoom) -> list[str]:
    """The layers that the recorder heard, in order; "." where the source ended."""
    told: list[str] = []
    for event in room.pair.heard[room.ann.key][0].events:
        name = "." if len(event) == 1 else "r"
        if len(event) == HEARD_PACKET:
            payload = event[6]
            assert isinstance(payload, bytes)
            if not payload:
                continue
            name = payload[HEAD : HEAD + 1].decode()
            assert name in told[-1:] or starts_keyframe("VP8", payload)
        if told[-1:] != [name]:
            told.append(name)
    return [name for name in told if name != "r"]


def test_the_recorder_gets_the_highest_layer_that_comes(room: LayeredRoom) -> None:
    room.pair.tap(room.ann.key)
    room.run(1)
    room.sends = {"q"}
    room.run(2)
    room.sends = {"f", "h", "q"}
    room.run(2)
    layers = taped(room)
    assert layers[-1] == "f"
    assert "q" in layers
    assert "." not in layers


def test_the_recorder_leaves_a_layer_that_carries_only_padding_within_a_second(
    room: LayeredRoom,
) -> None:
    room.pair.tap(room.ann.key)
    room.run(1)
    room.sends, room.pads = {"h", "q"}, {"f"}
    room.run(1)
    assert taped(room)[-1] == "h"


def test_the_recorder_hears_once_that_the_source_ended(room: LayeredRoom) -> None:
    room.pair.tap(room.ann.key)
    room.run(1)
    room.pair.disconnected(room.ann.key)
    room.pair.same_state()
    assert taped(room)[-1] == "."
    assert taped(room).count(".") == 1


def test_the_recorder_hears_the_clock_of_its_layer_only(room: LayeredRoom) -> None:
    room.pair.tap(room.ann.key)
    room.run(1)
    for rid in ("q", "h", "f"):
        room.sender_report(rid)
    room.pair.same_state()
    reports = [
        event
        for event in room.pair.heard[room.ann.key][0].events
        if len(event) == 4 and isinstance(event[2], int)
    ]
    assert len(reports) == 1
