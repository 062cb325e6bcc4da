"""Packets of one RTP stream put in order; what does not come within a bounded wait is declared lost.

A recording has no listener who waits, so it can give a retransmission more time than a player could.
"""

from typing import NamedTuple

from relay.tap import Packet

MAX_STEP = 3000  # a larger step of the sequence number is a sender that started over (RFC 3550 A.1, MAX_DROPOUT)


class Ordered(NamedTuple):
    """Packets in their turn, none missing between them."""

    lost: int
    """How many packets before them never came; at least 1 if the sender started over."""
    packets: list[Packet]


class JitterBuffer:
    """One stream; `wait` is how long, in seconds, a packet is held for the ones before it.

    The first one is held too, since nothing tells that it was sent first. Fewer than MAX_STEP packets are held.
    """

    def __init__(self, wait: float) -> None:
        self._wait = wait
        self._next: int | None = None  # sequence number that is due, extended; unknown at the beginning
        self._lost_before_first = 0
        self._held: dict[int, Packet] = {}  # by extended sequence number, in order of arrival
        self.lost = 0
        self.late = 0
        """Duplicates, and packets that came after they were declared lost."""

    def add(self, number: int, packets: list[Packet]) -> list[Ordered]:
        """The packets whose turn has come with these, which are numbered from `number` on without a gap."""
        if self._next is not None and not self._held and number == self._next:  # nearly always
            self._next += len(packets)
            return [Ordered(0, packets)]
        return [ordered for place, packet in enumerate(packets, number) for ordered in self._add(place, packet)]

    def expire(self, now: float) -> list[Ordered]:
        """Give up on what has been waited for long enough."""
        due = [sequence for sequence, packet in self._held.items() if now - _arrival(packet) >= self._wait]
        return self._release(max(due)) if due else []

    def flush(self) -> list[Ordered]:
        """Everything that is held, at the end of the stream."""
        return self._release(max(self._held)) if self._held else []

    def _add(self, sequence: int, packet: Packet) -> list[Ordered]:
        near = self._next if self._next is not None else next(iter(self._held), sequence)
        if abs(sequence - near) > MAX_STEP:
            return self._start_over(sequence, packet)
        if sequence in self._held or (self._next is not None and sequence < self._next):
            self.late += 1
            return []
        self._held[sequence] = packet
        return [*self.expire(_arrival(packet)), *self._run()]

    def _run(self) -> list[Ordered]:
        ready = []
        while self._next in self._held:
            ready.append(Ordered(0, [self._held.pop(self._next)]))
            self._next += 1
        return ready

    def _release(self, last: int) -> list[Ordered]:
        ready = []
        for sequence in sorted(number for number in self._held if number <= last):
            lost = self._lost_before_first if self._next is None else sequence - self._next
            self.lost += lost
            ready.append(Ordered(lost, [self._held.pop(sequence)]))
            self._next = sequence + 1
        return ready + self._run()

    def _start_over(self, sequence: int, packet: Packet) -> list[Ordered]:
        before = self.flush()
        self._next, self._lost_before_first = None, 1
        self._held = {sequence: packet}
        return before


def _arrival(packet: Packet) -> float:
    return packet[3]
