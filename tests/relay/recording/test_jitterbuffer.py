"""Packets in order, whatever the network did to them."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from relay.recording.jitterbuffer import JitterBuffer, Ordered
from relay.tap import Packet


def packet(sequence: int, arrival: float = 0.0) -> tuple[int, list[Packet]]:
    """One as it is added; its payload is its number."""
    return sequence, [(0, False, (sequence & 0xFFFF).to_bytes(2, "big"), arrival)]


def numbers(ready: list[Ordered]) -> list[tuple[int, int]]:
    """Each packet's number and how many were lost before it."""
    return [
        (int.from_bytes(payload, "big"), 0 if place else ordered.lost)
        for ordered in ready
        for place, (_, _, payload, _) in enumerate(ordered.packets)
    ]


def after(sequence: int) -> JitterBuffer:
    """A buffer with a wait of 0.4 s that has given out this packet long ago."""
    buffer = JitterBuffer(0.0)
    buffer.add(*packet(sequence, -1))
    assert numbers(buffer.expire(-0.5)) == [(sequence, 0)]
    return buffer


def test_packets_in_order_pass_at_once() -> None:
    buffer = after(65533)
    assert [numbers(buffer.add(*packet(n))) for n in (65534, 65535, 65536)] == [
        [(65534, 0)],
        [(65535, 0)],
        [(0, 0)],
    ]


def test_the_first_packet_may_have_been_overtaken() -> None:
    buffer = JitterBuffer(0.0)
    assert (
        buffer.add(*packet(65537, 0.0))
        == buffer.add(*packet(65535, 0.1))
        == buffer.add(*packet(65536, 0.2))
        == []
    )
    assert numbers(buffer.expire(0.4)) == [(65535, 0), (0, 0), (1, 0)]


def test_an_overtaken_packet_is_waited_for() -> None:
    buffer = after(1)
    assert buffer.add(*packet(3, 0.1)) == []
    assert numbers(buffer.add(*packet(2, 0.3))) == [(2, 0), (3, 0)]


def test_a_missing_packet_is_lost_after_the_wait() -> None:
    buffer = after(1)
    buffer.add(*packet(4, 0.1))
    buffer.add(*packet(5, 0.3))
    assert buffer.expire(0.49) == []
    assert numbers(buffer.expire(0.5)) == [(4, 2), (5, 0)]
    assert (buffer.add(*packet(2, 0.6)), buffer.lost, buffer.late) == ([], 2, 1)


def test_the_wait_ends_with_the_next_packet_too() -> None:
    buffer = after(1)
    buffer.add(*packet(3, 0.1))
    assert numbers(buffer.add(*packet(4, 0.6))) == [(3, 1), (4, 0)]


def test_a_sender_that_starts_over_is_a_loss_and_a_new_beginning() -> None:
    buffer = after(1)
    buffer.add(*packet(3))
    assert numbers(buffer.add(*packet(20000))) == [(3, 1)]
    assert numbers(buffer.add(*packet(20001, 0.5))) == [(20000, 1), (20001, 0)]


def test_duplicates_pass_once() -> None:
    buffer = after(1)
    assert [len(buffer.add(*packet(n))) for n in (1, 3, 3, 2, 2)] == [0, 0, 0, 2, 0]


@settings(deadline=None)
@given(seed=st.integers(0, 10_000), start=st.integers(0, 65535), loss=st.floats(0, 0.3))
def test_what_comes_out_is_what_went_in_sorted_once_with_losses_counted(
    seed: int, start: int, loss: float
) -> None:
    chance = random.Random(seed)
    kept = [start + n for n in range(200) if chance.random() >= loss]
    arrivals = sorted(
        (n * 0.01 + chance.uniform(0, 0.3), n)
        for n in kept
        for _ in range(chance.choice((1, 1, 2)))
    )
    buffer = JitterBuffer(0.0)
    ready = [ordered for arrival, n in arrivals for ordered in buffer.add(*packet(n, arrival))]
    ready += buffer.flush()
    assert [number for number, _ in numbers(ready)] == [n & 0xFFFF for n in kept]
    assert (
        buffer.lost == sum(ordered.lost for ordered in ready) == kept[-1] - kept[0] + 1 - len(kept)
    )


@settings(deadline=None)
@given(
    seed=st.integers(0, 10_000),
    start=st.integers(0, 65535),
    loss=st.floats(0, 0.1),
    most=st.integers(2, 9),
)
def test_packets_that_come_together_come_out_as_one_by_one(
    seed: int, start: int, loss: float, most: int
) -> None:
    """Without a gap in what is added at once, whatever is missing or late before it."""
    chance = random.Random(seed)
    together, alone = JitterBuffer(0.0), JitterBuffer(0.0)
    place, runs = start, list[tuple[int, int]]()
    while place < start + 200:
        length = chance.randint(1, most)
        if chance.random() >= loss:
            runs.append((place, length))
        place += length
    for now, (first, length) in enumerate(
        sorted(runs, key=lambda run: run[0] + chance.choice((0, 0, 0, 25)))
    ):
        packets = [packet(number, now * 0.03)[1][0] for number in range(first, first + length)]
        ready = numbers(together.add(first, packets))
        assert ready == numbers(
            [out for number, one in enumerate(packets, first) for out in alone.add(number, [one])]
        )
    assert numbers(together.flush()) == numbers(alone.flush())
    assert (together.lost, together.late) == (alone.lost, alone.late)
