"""Packets of one RTP stream put in order;
what does not come within a bounded wait is declared lost.

A recording has no listener who waits, so it can give a retransmission more time than a player
could: the wait follows the round trip, as far as it is known, and what lost packets were seen to
take.
"""

import heapq
from collections import deque
from typing import NamedTuple

from relay.recording._recording import SmallestDelay
from relay.tap import Packet

# A larger step of the sequence number is a sender that started over (RFC 3550 A.1, MAX_DROPOUT).
MAX_STEP = 3000
UNKNOWN_WAIT = 0.8  # s, while nothing is known of the round trip
IN_VAIN = 3  # gaps that were waited for so long, until it is believed that nothing is sent again
MIN_WAIT = 0.4  # s, for what was only overtaken
MAX_WAIT = 1.5  # s; what is held is lost in a crash
ROUND_TRIPS = 2.3  # a packet that is lost again is asked for again after 1.2 round trips
MARGIN = 0.1  # s for noticing a gap and sending
NEAR = 16  # numbers behind a gap among which the packet is looked for that showed it
HASTE_WINDOW = 30.0  # s
REMEMBERED = 64  # gaps that were given up, to tell what came too late from a duplicate


class Ordered(NamedTuple):
    """Packets in their turn, none missing between them."""

    lost: int
    """How many packets before them never came; at least 1 if the sender started over."""
    packets: list[Packet]


class _Gap(NamedTuple):
    """Numbers that were given up: from `first` on, before `end`."""

    first: int
    end: int
    since: float
    """When the packet behind them arrived."""


class JitterBuffer:
    """One stream. The first packet is held too, since nothing tells that it was sent first.

    Fewer than MAX_STEP packets are held; each costs the logarithm of that, in whatever order they
    come.
    """

    def __init__(self, round_trip: float | None = None) -> None:
        # The sequence number that is due, extended; unknown at the beginning.
        self._next: int | None = None
        self._lost_before_first = 0
        self._held: dict[int, Packet] = {}  # by extended sequence number, in order of arrival
        self._order: list[int] = []  # the same numbers as a heap
        self._given_up: deque[_Gap] = deque(maxlen=REMEMBERED)
        self._round_trip = round_trip
        # Of the negative of what lost packets took to come after all.
        self._haste = SmallestDelay(HASTE_WINDOW)
        self.lost = 0
        """Packets that did not come in time."""
        self.late = 0
        """Those of them that came nevertheless."""

    @property
    def wait(self) -> float:
        """How long, in seconds, a packet is held for the ones before it."""
        if self._round_trip is not None:
            known = ROUND_TRIPS * self._round_trip + MARGIN
        else:
            known = UNKNOWN_WAIT if len(self._given_up) < IN_VAIN else MIN_WAIT
        return min(max(known, MARGIN - 1.2 * self._haste.value, MIN_WAIT), MAX_WAIT)

    def round_trip(self, seconds: float | None) -> None:
        """To the sender and back, as measured otherwise."""
        self._round_trip = seconds

    def add(self, number: int, packets: list[Packet]) -> list[Ordered]:
        """The packets whose turn has come with these,
        which are numbered from `number` on without a gap.
        """
        if self._next is not None and not self._held and number == self._next:  # nearly always
            self._next += len(packets)
            return [Ordered(0, packets)]
        return [
            ordered
            for place, packet in enumerate(packets, number)
            for ordered in self._add(place, packet)
        ]

    def expire(self, now: float) -> list[Ordered]:
        """Give up on what has been waited for long enough."""
        if not self._held:  # nearly always
            return []
        wait, last = MIN_WAIT if self._next is None else self.wait, None
        for sequence, packet in self._held.items():  # the oldest first, all of which are let go
            if now - _arrival(packet) < wait:
                break
            last = sequence if last is None else max(last, sequence)
        return [] if last is None else self._release(last)

    def flush(self) -> list[Ordered]:
        """Everything that is held, at the end of the stream."""
        return self._release(max(self._held)) if self._held else []

    def _add(self, sequence: int, packet: Packet) -> list[Ordered]:
        near = self._next if self._next is not None else next(iter(self._held), sequence)
        if abs(sequence - near) > MAX_STEP:
            return self._start_over(sequence, packet)
        if sequence in self._held:
            return []
        if self._next is not None and sequence < self._next:
            self._came_late(sequence, _arrival(packet))
            return []
        self._learn(sequence, _arrival(packet))
        self._held[sequence] = packet
        heapq.heappush(self._order, sequence)
        return [*self.expire(_arrival(packet)), *self._run()]

    def _learn(self, sequence: int, arrival: float) -> None:
        """How long it took this packet to fill its gap."""
        near = range(sequence + 1, sequence + NEAR)
        behind = (self._held[number] for number in near if number in self._held)
        if self._held and (shown := next(behind, None)) is not None:
            self._haste.observe(_arrival(shown) - arrival, arrival)

    def _came_late(self, sequence: int, arrival: float) -> None:
        for gap in self._given_up:
            if gap.first <= sequence < gap.end:
                self.late += 1
                self._haste.observe(gap.since - arrival, arrival)
                return

    def _run(self) -> list[Ordered]:
        ready = []
        while self._next in self._held:
            ready.append(Ordered(0, [self._take()]))
            self._next += 1
        return ready

    def _take(self) -> Packet:
        return self._held.pop(heapq.heappop(self._order))

    def _release(self, last: int) -> list[Ordered]:
        ready = []
        while self._order and self._order[0] <= last:
            sequence = self._order[0]
            lost = self._lost_before_first if self._next is None else sequence - self._next
            packet = self._take()
            if lost and self._next is not None:
                self._given_up.append(_Gap(self._next, sequence, _arrival(packet)))
            self.lost += lost
            ready.append(Ordered(lost, [packet]))
            self._next = sequence + 1
        return ready + self._run()

    def _start_over(self, sequence: int, packet: Packet) -> list[Ordered]:
        before = self.flush()
        self._next, self._lost_before_first = None, 1
        self._held, self._order = {sequence: packet}, [sequence]
        self._given_up.clear()
        return before


def _arrival(packet: Packet) -> float:
    return packet[3]
