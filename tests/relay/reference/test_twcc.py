"""Transport-wide feedback, read back by a decoder written from the draft alone."""

import random
import struct

from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.relay.reference.twcc import ArrivalLog


def decode(packet: bytes) -> tuple[int, int, dict[int, float]]:
    """Base sequence number, feedback count,
    and 16-bit sequence number → arrival in seconds (modulo 2^24 * 64 ms).
    """
    first, kind, words = struct.unpack_from("!BBH", packet)
    assert (first & 0xDF, kind, len(packet)) == (0x8F, 205, 4 * words + 4)
    end = len(packet) - (packet[-1] if first & 0x20 else 0)
    base, count, word = struct.unpack_from("!HHI", packet, 12)
    symbols: list[int] = []
    offset = 20
    while len(symbols) < count:
        (chunk,) = struct.unpack_from("!H", packet, offset)
        offset += 2
        if not chunk & 0x8000:
            symbols += [chunk >> 13] * (chunk & 0x1FFF)
        elif chunk & 0x4000:
            symbols += [chunk >> shift & 3 for shift in range(12, -1, -2)]
        else:
            symbols += [chunk >> shift & 1 for shift in range(13, -1, -1)]
    assert not any(symbols[count:])
    at = (word >> 8) * 256
    arrivals = {}
    for index, symbol in enumerate(symbols[:count]):
        if symbol:
            (delta,) = struct.unpack_from("!B" if symbol == 1 else "!h", packet, offset)
            offset += symbol
            at += delta
            arrivals[base + index & 0xFFFF] = at / 4000
    assert offset == end
    return base, word & 0xFF, arrivals


def test_every_arrival_is_reported_to_a_quarter_millisecond() -> None:
    log = ArrivalLog()
    times = {65530 + n & 0xFFFF: 100 + 0.0037 * n for n in range(40) if n % 7}
    for sequence, at in times.items():
        log.arrived(sequence, at)
    (packet,) = log.feedback(1, 2)
    base, _, arrivals = decode(packet)
    assert base == 65531
    assert arrivals.keys() == times.keys()
    assert all(abs(arrivals[sequence] - times[sequence]) < 0.00026 for sequence in times)


def test_loss_between_two_reports_is_in_the_second() -> None:
    log = ArrivalLog()
    log.arrived(10, 1.0)
    log.feedback(1, 2)
    log.arrived(13, 1.1)
    base, count, arrivals = decode(log.feedback(1, 2)[0])
    assert (base, count, set(arrivals)) == (11, 1, {13})


def test_a_late_packet_is_reported_with_what_is_known_behind_it() -> None:
    log = ArrivalLog()
    for sequence in (10, 12, 13):
        log.arrived(sequence, 1.0)
    log.feedback(1, 2)
    log.arrived(11, 1.01)
    base, _, arrivals = decode(log.feedback(1, 2)[0])
    assert (base, set(arrivals)) == (11, {11, 12, 13})


def test_nothing_new_is_no_feedback() -> None:
    log = ArrivalLog()
    assert log.feedback(1, 2) == []
    log.arrived(1, 0.0)
    log.feedback(1, 2)
    log.arrived(1, 0.1)
    assert log.feedback(1, 2) == []


def test_a_pause_too_long_for_a_delta_makes_two_packets() -> None:
    log = ArrivalLog()
    log.arrived(1, 0.0)
    log.arrived(2, 9.0)
    first, second = (decode(packet) for packet in log.feedback(1, 2))
    assert (first[0], second[0], first[1], second[1]) == (1, 2, 0, 1)
    assert second[2] == {2: 9.0}


def test_a_jump_in_numbers_is_a_new_start_not_thousands_of_losses() -> None:
    log = ArrivalLog()
    log.arrived(1, 0.0)
    log.feedback(1, 2)
    log.arrived(9000, 0.1)
    log.arrived(9001, 0.1)
    assert decode(log.feedback(1, 2)[0])[0] == 9001


def test_a_run_of_numbers_far_behind_is_a_new_start() -> None:
    log = ArrivalLog()
    log.arrived(34500, 0.0)
    log.feedback(1, 2)
    for sequence in (1000, 1001, 1002):
        log.arrived(sequence, 0.1)
    base, _, arrivals = decode(log.feedback(1, 2)[0])
    assert (base, set(arrivals)) == (1001, {1001, 1002})


def test_numbers_far_behind_the_newest_are_ignored() -> None:
    log = ArrivalLog()
    for sequence in range(0, 6000, 1500):
        log.arrived(sequence, 0.0)
    log.feedback(1, 2)
    log.arrived(1, 0.1)
    assert log.feedback(1, 2) == []


def test_jumps_within_one_interval_stay_bounded() -> None:
    """A peer that jumps with each packet gets no report of the 100 000 numbers between them."""
    log = ArrivalLog()
    for step in range(100):
        log.arrived(step * 1500 & 0xFFFF, step / 1000)
    packets = log.feedback(1, 2)
    assert sum(len(decode(packet)[2]) for packet in packets) <= 3
    assert len(packets) <= 8


@settings(deadline=None)
@example(65534, 147, 0)  # the first to arrive lies beyond the wrap, the next before it
@given(st.integers(0, 65535), st.integers(0, 2**32), st.integers(0, 5000))
def test_loss_reordering_and_duplicates_decode_to_the_arrivals(
    start: int, seed: int, hours: int
) -> None:
    generator = random.Random(seed)
    log, told = ArrivalLog(), dict[int, float]()
    sent = [start + n & 0xFFFF for n in range(300) if generator.random() > 0.2]
    order = sorted(range(len(sent)), key=lambda index: index + generator.uniform(0, 4))
    now, first = hours * 3600.0, dict[int, float]()
    for index in order:
        now += generator.expovariate(300)
        log.arrived(sent[index], now)
        first.setdefault(sent[index], now)
        if generator.random() < 0.1:
            log.arrived(sent[index], now)
        if generator.random() < 0.05:
            for packet in log.feedback(1, 2):
                told |= decode(packet)[2]
    for packet in log.feedback(1, 2):
        told |= decode(packet)[2]
    assert told.keys() == first.keys()
    cycle = 2**24 * 0.064
    assert all(abs(told[sequence] - first[sequence] % cycle) < 0.0003 for sequence in first)


@given(st.lists(st.tuples(st.integers(0, 65535), st.floats(0, 5)), max_size=60))
def test_any_numbers_in_any_order_make_packets_that_fit_a_datagram(
    arrivals: list[tuple[int, float]],
) -> None:
    log = ArrivalLog()
    now = 0.0
    for sequence, pause in arrivals:
        now += pause
        log.arrived(sequence, now)
    for packet in log.feedback(1, 2):
        decode(packet)
        assert len(packet) <= 1200
