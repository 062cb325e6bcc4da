"""What changes in a packet on its way from an uplink to a slot: numbers, payload type
and header extensions.
"""

from collections.abc import Callable, Sequence

from relay.media import Codec, Slot
from relay.negotiation.formats import ABS_SEND_TIME_EXTENSION, MID_EXTENSION
from tests.relay.reference.packet_cache import SIZE
from tests.support.rtp import abs_send_time, extension_element
from tests.support.sequence import FIRST_CYCLE, nearest

_MAX_MISALIGNED = 1.0
"""Seconds; reports that tell more than that against our clock are not true."""


def _signed(ticks: int) -> int:
    return (ticks + 0x80000000 & 0xFFFFFFFF) - 0x80000000


class Continuity:
    """Numbers a slot's packets as one stream, whoever's packets they are.

    Within one publisher's stream, sequence numbers and timestamps keep their distances, so loss and
    reordering stay visible. Where another stream takes over, it continues one behind the newest
    number and by the elapsed time, which another layer's sender reports tell best: between the
    packets there may be a keyframe's long way.
    """

    def __init__(self, first_sequence: int, first_timestamp: int) -> None:
        """Start below 2^15, so that early loss cannot be mistaken for a wrap (RFC 3711 3.3.1)."""
        self._newest = FIRST_CYCLE + first_sequence - 1
        self._timestamp = first_timestamp
        self._sent_at: float | None = None
        self._shift = 0
        self._first = 0
        self._timestamp_shift = 0
        self._aligned_shift: int | None = None

    def align(self, ticks: int | None) -> None:
        """By what the timestamps of the stream that takes over next differ from those of the
        present one, as sender reports tell; none if they do not.
        """
        self._aligned_shift = None if ticks is None else self._timestamp_shift + ticks

    def begin(self, extended: int, timestamp: int, now: float, clock_rate: int) -> None:
        """A stream takes over with this packet; what was before it in that stream is never sent."""
        step = 0 if self._sent_at is None else round((now - self._sent_at) * clock_rate)
        if self._aligned_shift is not None and self._sent_at is not None:
            told = _signed(timestamp + self._aligned_shift - self._timestamp)
            if abs(told - step) < _MAX_MISALIGNED * clock_rate:
                step = told
        self._aligned_shift = None
        self._first = extended
        self._shift = self._newest + 1 - extended
        self._timestamp_shift = self._timestamp + max(1, step) - timestamp

    def sequence(self, extended: int, timestamp: int, now: float) -> int | None:
        """The extended number to send a packet with;
        none for packets before the stream's first one here.
        """
        if extended < self._first:
            return None
        out = extended + self._shift
        if out > self._newest:
            self._newest, self._timestamp, self._sent_at = out, self.timestamp(timestamp), now
        return out

    def timestamp(self, timestamp: int) -> int:
        """The RTP timestamp as sent."""
        return (timestamp + self._timestamp_shift) & 0xFFFFFFFF

    def original(self, sequence: int) -> int | None:
        """The current stream's extended number behind a 16-bit number that was sent; none
        if it was another's.
        """
        extended = nearest(sequence, self._newest) - self._shift
        return extended if self._first <= extended <= self._newest - self._shift else None

    def sent_after(self, sequence: int, sent: Callable[[int], bool]) -> int:
        """How many packets went out beyond this 16-bit number.

        `sent` tells of an extended number of the current stream whether it was there; other
        streams' numbers, and those long past, all count.
        """
        highest = nearest(sequence, self._newest)
        known = max(highest, self._newest - SIZE)
        originals = range(known + 1 - self._shift, self._newest + 1 - self._shift)
        return known - highest + sum(n < self._first or sent(n) for n in originals)

    def sent_as(self, extended: int) -> int:
        """The 16-bit number with which a packet of the current stream went out."""
        return (extended + self._shift) & 0xFFFF


class OwnExtensions:
    """The header extensions of outgoing packets: our MID and our send time. Nothing of the
    publisher's is agreed with a subscriber: its MID and transport-wide number mean nothing there,
    and its send time is of another path.
    """

    def __init__(self, slot: Slot) -> None:
        self._mid = extension_element(slot.extensions.get(MID_EXTENSION, 0), slot.mid.encode())
        self._send_time = slot.extensions.get(ABS_SEND_TIME_EXTENSION, 0)

    def elements(self, now: float) -> bytes:
        """The block for one packet."""
        if not self._send_time:
            return self._mid
        return self._mid + extension_element(self._send_time, abs_send_time(now))


def match_codecs(uplink: Sequence[Codec], slot: Sequence[Codec]) -> dict[int, Codec]:
    """Uplink payload type → the slot's codec for it; H.264 by profile
    and packetization mode (RFC 6184 8.2.2).
    """
    by_format = {_format(codec): codec for codec in reversed(slot)}
    return {
        codec.payload_type: by_format[_format(codec)]
        for codec in uplink
        if _format(codec) in by_format
    }


def _format(codec: Codec) -> tuple[str, ...]:
    if codec.name != "H264":
        return (codec.name,)
    profile = codec.parameters.get("profile-level-id", "")[:4].lower()
    return (codec.name, profile, codec.parameters.get("packetization-mode", "0"))
