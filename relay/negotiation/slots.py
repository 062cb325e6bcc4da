"""The identities of a peer's slots: SSRCs and stream names that stay the same from one offer to the next."""

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
    """Gives each slot its identity, the one it had or a new one."""

    def __init__(self, known: Mapping[str, SlotIdentity], taken: frozenset[int], random_bytes: RandomBytes) -> None:
        """`known` is by MID; `taken` are the SSRCs that the browser sends with."""
        self.identities = dict(known)
        self.made = 0
        """How many were new."""
        self._taken = set(taken) | {ssrc for slot in known.values() for ssrc in (slot.ssrc, slot.rtx_ssrc)}
        self._random_bytes = random_bytes

    def identity(self, mid: str, kind: Kind) -> SlotIdentity:
        """The identity of the slot on this m-line."""
        known = self.identities.get(mid)
        if known is None or known.kind != kind:
            known = SlotIdentity(kind, self._ssrc(), self._ssrc(), self._stream(kind))
            self.identities[mid] = known
            self.made += 1
        return known

    def _ssrc(self) -> int:
        while (ssrc := int.from_bytes(self._random_bytes(4), "big")) in self._taken or ssrc == 0:
            pass
        self._taken.add(ssrc)
        return ssrc

    def _stream(self, kind: Kind) -> str:
        used = {slot.stream for slot in self.identities.values() if slot.kind == kind}
        return next(name for name in _stream_names(kind) if name not in used)


def _stream_names(kind: Kind) -> Iterator[str]:
    """Audio: slot-0, slot-1, …; video: slot-0, screen, slot-1, … so that a growing room renames nothing."""
    for index in count():
        yield f"slot-{index}"
        if index == 0 and kind == "video":
            yield SCREEN_STREAM
