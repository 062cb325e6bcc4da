"""The Forwarder on the native engine: keeps what Python objects are about
and hands the rest down.
"""

import itertools
import random
import weakref
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pylibsrtp

from relay.engine import Engine, session_pointer
from relay.engine.snapshot import engine_stats, media_quality, media_stats
from relay.engine.terms import slot_terms, uplink_terms
from relay.forwarder import NO_STATS, MediaStats, PeerKey
from relay.media import Codec, Slot, Source, Uplink
from relay.negotiation.formats import (
    MID_EXTENSION,
    REPAIRED_RID_EXTENSION,
    RID_EXTENSION,
    TRANSPORT_CC_EXTENSION,
)
from relay.quality import Judgement
from relay.stats import EngineStats
from relay.tap import Tap

if TYPE_CHECKING:
    from relay.engine._engine import TapItem

_RTP, _SENDER_REPORT, _ENDED, _LOST = range(4)


@dataclass
class _Peer:
    """What the engine does not keep of one peer."""

    uplinks: dict[str, tuple[int, Uplink]] = field(default_factory=dict)
    """By MID, with the engine's token."""
    numbering: dict[int, tuple[int, int]] = field(default_factory=dict)
    """Slot SSRC → first sequence number and timestamp."""
    taps: tuple[Tap, ...] = ()
    sessions: tuple[pylibsrtp.Session, ...] = ()
    """The engine holds their addresses only."""


class EngineForwarder:
    """See relay.forwarder.Forwarder.

    Taps are called from `dispatch`, and before anything that changes them.
    """

    def __init__(self, engine: Engine, randomness: random.Random) -> None:
        self._engine = engine
        # Its thread uses SRTP sessions that are freed with this, or at exit.
        weakref.finalize(self, engine.close)
        self._random = randomness
        self._tokens = itertools.count(1)
        self._peers: dict[PeerKey, _Peer] = {}
        self._sources: dict[int, Uplink] = {}
        """By token."""

    @property
    def dropped(self) -> Counter[str]:
        return Counter(self._engine.counters()["dropped"])

    def engine_stats(self, port: int, dropped: Mapping[str, int]) -> EngineStats:
        return engine_stats(port, self._engine.counters(), dropped)

    def add(self) -> PeerKey:
        key = self._engine.add(self._random.getrandbits(32))
        self._peers[key] = _Peer()
        return key

    def remove(self, peer: PeerKey) -> None:
        self._engine.remove(peer)
        self.dispatch()
        known = self._peers.pop(peer, None)
        self._forget(known.uplinks.values() if known else ())

    def secure(self, peer: PeerKey, receive: pylibsrtp.Session, send: pylibsrtp.Session) -> None:
        known = self._peers.get(peer)
        if known is not None:
            self._engine.secure(peer, session_pointer(receive), session_pointer(send))
            known.sessions = receive, send

    def negotiate(self, peer: PeerKey, uplinks: Sequence[Uplink], slots: Sequence[Slot]) -> None:
        known = self._peers.get(peer)
        if known is None:
            return
        kept = {
            mid: (token, uplink)
            for mid, (token, uplink) in known.uplinks.items()
            if uplink in uplinks
        }
        taken = {
            uplink.mid: kept.get(uplink.mid) or (next(self._tokens), uplink) for uplink in uplinks
        }
        self._engine.negotiate(
            peer,
            uplinks=[
                uplink_terms(token, uplink, rid, kept=mid in kept)
                for mid, (token, uplink) in taken.items()
                for rid in uplink.rids or ("",)
            ],
            slots=[slot_terms(slot, *self._numbering(known, slot.ssrc)) for slot in slots],
            mid_id=_identifier(uplinks, MID_EXTENSION),
            transport_sequence_id=_identifier(uplinks, TRANSPORT_CC_EXTENSION),
            rid_id=_identifier(uplinks, RID_EXTENSION),
            repaired_rid_id=_identifier(uplinks, REPAIRED_RID_EXTENSION),
        )
        gone = [item for mid, item in known.uplinks.items() if mid not in kept]
        known.uplinks = taken
        # The engine's thread may have taken packets of them by now.
        self._sources.update(taken.values())
        self.dispatch()
        self._forget(gone)

    def _numbering(self, peer: _Peer, ssrc: int) -> tuple[int, int]:
        if ssrc not in peer.numbering:
            peer.numbering[ssrc] = self._random.getrandbits(15), self._random.getrandbits(32)
        return peer.numbering[ssrc]

    def _forget(self, uplinks: Iterable[tuple[int, Uplink]]) -> None:
        for token, _ in uplinks:
            self._sources.pop(token, None)

    def route(
        self, peer: PeerKey, slot: str, publisher: PeerKey | None, uplink: str | None
    ) -> None:
        self._engine.route(peer, slot, publisher or 0, uplink or "")

    def tap(self, peer: PeerKey, taps: tuple[Tap, ...]) -> None:
        known = self._peers.get(peer)
        if known is None or known.taps == taps:
            return
        if not taps:
            # Before the rest is handed over: it tells what was lost last.
            self._engine.tap(peer, False)
        self.dispatch()
        known.taps = taps
        if taps:
            self._engine.tap(peer, True)

    def request_keyframe(self, peer: PeerKey, uplink: str) -> None:
        self._engine.request_keyframe(peer, uplink)

    def disconnected(self, peer: PeerKey) -> None:
        self._engine.disconnected(peer)
        self.dispatch()

    def dispatch(self) -> None:
        items = self._engine.taps()
        items.reverse()
        # What was recorded is freed at once: a late event loop has seconds of media in here.
        while items:
            item = items.pop()
            peer, uplink = self._peers.get(item.peer), self._sources.get(item.token)
            if peer is not None and uplink is not None:
                for tap in peer.taps:
                    _tell(tap, uplink, item)

    def last_heard(self, peer: PeerKey) -> float | None:
        return self._engine.last_heard(peer)

    def stats(self, peer: PeerKey) -> MediaStats:
        counters = self._engine.stats(peer)
        return media_stats(counters, self._source) if counters else NO_STATS

    def quality(self, peer: PeerKey) -> Judgement | None:
        counters = self._engine.stats(peer)
        return media_quality(counters, self._source) if counters else None

    def _source(self, token: int) -> Source | None:
        uplink = self._sources.get(token)
        return uplink.source if uplink else None


def _tell(tap: Tap, uplink: Uplink, item: "TapItem") -> None:
    source = uplink.source
    if item.kind == _RTP:
        codec = _codec(uplink, item.payload_type)
        tap.rtp(source, codec, item.ssrc, item.sequence, item.packets)
    elif item.kind == _SENDER_REPORT:
        tap.sender_report(source, item.ntp_time, item.rtp_timestamp, item.arrival)
    elif item.kind == _ENDED:
        tap.source_ended(source)
    elif item.kind == _LOST:
        tap.lost(source, item.lost)


def _codec(uplink: Uplink, payload_type: int) -> Codec:
    for codec in uplink.codecs:  # nearly always the first
        if codec.payload_type == payload_type:
            return codec
    raise LookupError("the engine took a payload type that was not agreed")


def _identifier(uplinks: Sequence[Uplink], uri: str) -> int:
    """One transport, one numbering: an extension has the same id on all bundled m-lines (RFC 9143
    7.1.3).
    """
    return next((uplink.extensions[uri] for uplink in uplinks if uri in uplink.extensions), 0)
