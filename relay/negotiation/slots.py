"""The identities of a peer's slots: SSRCs and stream names
that stay the same from one offer to the next.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count

from relay.media import Kind
from relay.negotiation.credentials import RandomBytes

SCREEN_STREAM = "screen"


@dataclass(frozen=True)
class SlotIdentity:
    """What a slot keeps across offers, also while it is inactive."""

    kind: Kind
    ssrc: int
    rtx_ssrc: int
    stream: str


class SlotBook:
    """Gives each slot its identity: the one it had, that of an m-line which went away,
    or a new one.

    What a slot was numbered with must be kept as long as the connection's keys. So there are never
    more identities than m-lines of a kind were there at once, however often the browser recycles
    them.
    """

    def __init__(
        self,
        known: Mapping[str, SlotIdentity],
        made: tuple[SlotIdentity, ...],
        taken: frozenset[int],
        random_bytes: RandomBytes,
    ) -> None:
        """`known` is by MID; `made` are all that the connection ever had; `taken` are the SSRCs
        that the browser sends with.
        """
        self.identities = dict(known)
        self._made = {(slot.kind, slot.stream): slot for slot in made}
        self._taken = set(taken) | {ssrc for slot in made for ssrc in (slot.ssrc, slot.rtx_ssrc)}
        self._random_bytes = random_bytes

    @property
    def made(self) -> tuple[SlotIdentity, ...]:
        """All, those of m-lines that went away included."""
        return tuple(self._made.values())

    def identity(self, mid: str, kind: Kind) -> SlotIdentity:
        """The identity of the slot on this m-line."""
        known = self.identities.get(mid)
        if known is None or known.kind != kind:
            known = self.identities[mid] = self._free(kind)
        return known

    def _free(self, kind: Kind) -> SlotIdentity:
        used = {slot.stream for slot in self.identities.values() if slot.kind == kind}
        stream = next(name for name in _stream_names(kind) if name not in used)
        if (kind, stream) not in self._made:
            self._made[kind, stream] = SlotIdentity(kind, self._ssrc(), self._ssrc(), stream)
        return self._made[kind, stream]

    def _ssrc(self) -> int:
        while (ssrc := int.from_bytes(self._random_bytes(4), "big")) in self._taken or ssrc == 0:
            pass
        self._taken.add(ssrc)
        return ssrc


def _stream_names(kind: Kind) -> Iterator[str]:
    """Audio: slot-0, slot-1, …; video: slot-0, screen, slot-1, …
    so that a growing room renames nothing.
    """
    for index in count():
        yield f"slot-{index}"
        if index == 0 and kind == "video":
            yield SCREEN_STREAM
