"""Continuous numbering over whatever is put on a slot, and what is copied into its packets."""

import random

from hypothesis import given
from hypothesis import strategies as st

from relay.media import Codec, Slot
from relay.negotiation.formats import ABS_SEND_TIME_EXTENSION, MID_EXTENSION
from tests.relay.reference.rewrite import Continuity, OwnExtensions, match_codecs
from tests.support.sequence import FIRST_CYCLE, MAX_MISORDER, SequenceNumbers, nearest

CLOCK = 90000


@given(st.integers(0, 65535), st.lists(st.integers(-500, 500), max_size=50))
def test_unwrapping_follows_any_walk_around_the_wrap(start: int, steps: list[int]) -> None:
    numbers = SequenceNumbers()
    true = FIRST_CYCLE + start
    assert numbers.extend(start) == (true, False)
    for step in steps:
        true = max(FIRST_CYCLE, true + step)
        if true - numbers.highest > -MAX_MISORDER:
            assert numbers.extend(true & 0xFFFF) == (true, False)


@given(st.integers(0, 2**48), st.integers(0, 65535))
def test_nearest_has_the_value_and_is_within_half_a_cycle(reference: int, value: int) -> None:
    number = nearest(value, reference)
    assert number & 0xFFFF == value
    assert -0x8000 <= number - reference < 0x8000


@given(
    st.integers(0, 2**15 - 1),
    st.integers(0, 2**32 - 1),
    st.lists(
        st.tuples(st.integers(0, 65535), st.integers(0, 2**32 - 1), st.integers(1, 40)),
        min_size=1,
        max_size=6,
    ),
    st.integers(0, 2**32),
)
def test_no_number_is_used_twice_and_distances_are_kept(
    first: int, timestamp: int, streams: list[tuple[int, int, int]], seed: int
) -> None:
    """Each stream is (first sequence number, first timestamp, packets), lossy and reordered."""
    generator = random.Random(seed)
    continuity = Continuity(first, timestamp)
    used: set[int] = set()
    now = 0.0
    for start, first_timestamp, count in streams:
        now += generator.uniform(0.1, 3)
        packets = [
            (FIRST_CYCLE + start + n, first_timestamp + 3000 * n & 0xFFFFFFFF) for n in range(count)
        ]
        packets.sort(key=lambda packet: packet[0] + generator.uniform(0, 3))
        begin, begin_timestamp = packets[0]
        highest = max(used, default=FIRST_CYCLE + first - 1)
        continuity.begin(begin, begin_timestamp, now, CLOCK)
        for number, at in packets:
            out = continuity.sequence(number, at, now)
            if number < begin:
                assert out is None
                continue
            assert out == highest + 1 + number - begin
            assert out not in used
            used.add(out)
            elapsed = continuity.timestamp(at) - continuity.timestamp(begin_timestamp)
            assert elapsed & 0xFFFFFFFF == 3000 * (number - begin)
            assert continuity.original(out & 0xFFFF) == number


def test_the_timestamp_goes_on_by_the_time_that_passed() -> None:
    continuity = Continuity(0, 0xFFFFFF00)
    continuity.begin(FIRST_CYCLE, 5000, 10.0, CLOCK)
    continuity.sequence(FIRST_CYCLE, 5000, 10.0)
    before = continuity.timestamp(5000)
    continuity.begin(FIRST_CYCLE + 40000, 77, 12.0, CLOCK)
    assert continuity.timestamp(77) - before & 0xFFFFFFFF == 2 * CLOCK


def test_a_number_of_an_earlier_stream_has_no_original() -> None:
    continuity = Continuity(0, 0)
    continuity.begin(FIRST_CYCLE, 0, 0.0, CLOCK)
    sent = continuity.sequence(FIRST_CYCLE, 0, 0.0)
    continuity.begin(FIRST_CYCLE + 900, 0, 1.0, CLOCK)
    assert sent is not None
    assert continuity.original(sent & 0xFFFF) is None
    assert continuity.original(40000) is None


def slot(extensions: dict[str, int]) -> Slot:
    return Slot("7", "audio", (), extensions, ssrc=1)


def test_packets_carry_our_mid_and_our_send_time() -> None:
    own = OwnExtensions(slot({MID_EXTENSION: 5, ABS_SEND_TIME_EXTENSION: 6}))
    assert own.elements(now=1.0) == b"\x507" + b"\x62\x04\x00\x00"


def test_what_the_subscriber_did_not_agree_to_is_left_out() -> None:
    assert OwnExtensions(slot({})).elements(now=1.0) == b""
    assert OwnExtensions(slot({MID_EXTENSION: 5})).elements(now=1.0) == b"\x507"


def test_codecs_match_by_name_and_h264_by_profile() -> None:
    def h264(payload_type: int, profile: str) -> Codec:
        parameters = {"profile-level-id": profile, "packetization-mode": "1"}
        return Codec(payload_type, "H264", CLOCK, parameters=parameters)

    vp8 = Codec(120, "VP8", CLOCK)
    matches = match_codecs(
        (Codec(96, "VP8", CLOCK), h264(97, "42e01f"), h264(98, "640c1f")),
        (vp8, h264(126, "42E034")),
    )
    assert {number: codec.payload_type for number, codec in matches.items()} == {96: 120, 97: 126}
