"""The Forwarder in Python: a table of peers in front of `PeerMedia`."""

import itertools
import random
from collections import Counter
from collections.abc import Callable, Sequence

import pylibsrtp

from relay.forwarder import NO_STATS, MediaStats, PeerKey
from relay.media import Slot, Uplink
from relay.quality import Judgement
from relay.tap import Tap
from tests.relay.reference.media_stats import media_quality, media_stats
from tests.relay.reference.peer_media import PeerMedia


class PythonForwarder:
    """See relay.forwarder.Forwarder."""

    def __init__(self, max_video_bitrate_bps: int, epoch: float, randomness: random.Random) -> None:
        """`epoch` + time.monotonic() is the time since 1900 in seconds."""
        self.dropped: Counter[str] = Counter()
        self._max_video_bitrate_bps = max_video_bitrate_bps
        self._epoch = epoch
        self._random = randomness
        self._keys = itertools.count(1)
        self._peers: dict[PeerKey, PeerMedia] = {}
        self._taps: dict[PeerKey, tuple[Tap, ...]] = {}

    def add(self, transmit: Callable[[bytes], bool]) -> PeerKey:
        key = next(self._keys)
        self._peers[key] = PeerMedia(
            transmit, self.dropped, self._epoch, self._max_video_bitrate_bps, self._random
        )
        return key

    def remove(self, peer: PeerKey) -> None:
        media = self._peers.pop(peer, None)
        self._taps.pop(peer, None)
        if media is not None:
            media.close()

    def secure(self, peer: PeerKey, receive: pylibsrtp.Session, send: pylibsrtp.Session) -> None:
        media = self._peers.get(peer)
        if media is not None:
            media.secure(receive, send)

    def negotiate(self, peer: PeerKey, uplinks: Sequence[Uplink], slots: Sequence[Slot]) -> None:
        media = self._peers.get(peer)
        if media is not None:
            media.negotiate(uplinks, slots)
            self.tap(peer, self._taps.get(peer, ()))

    def route(
        self, peer: PeerKey, slot: str, publisher: PeerKey | None, uplink: str | None
    ) -> None:
        media = self._peers.get(peer)
        downlink = media.subscriber.downlinks.get(slot) if media else None
        source = self._peers.get(publisher) if publisher is not None else None
        if downlink is not None:
            downlink.attach(next(iter(source.publisher.layers(uplink)), None) if source else None)

    def tap(self, peer: PeerKey, taps: tuple[Tap, ...]) -> None:
        media = self._peers.get(peer)
        if media is None:
            return
        self._taps[peer] = taps
        for track in media.publisher.tracks.values():
            track.taps = taps

    def request_keyframe(self, peer: PeerKey, uplink: str) -> None:
        media = self._peers.get(peer)
        for track in media.publisher.layers(uplink) if media else ():
            if track.top.recorded in (None, track):
                track.keyframes.want()

    def disconnected(self, peer: PeerKey) -> None:
        media = self._peers.get(peer)
        if media is not None:
            for track in media.publisher.tracks.values():
                track.end()

    def receive(self, peer: PeerKey, datagram: bytes, now: float) -> None:
        media = self._peers.get(peer)
        if media is None:
            self.dropped["unknown_peer"] += 1
        elif 192 <= datagram[1] <= 223:  # RTP and RTCP on one port (RFC 5761 4)
            media.receive_rtcp(datagram, now)
        else:
            media.receive_rtp(datagram, now)

    def tick(self, now: float) -> None:
        for media in self._peers.values():
            media.tick(now)

    def last_heard(self, peer: PeerKey) -> float | None:
        media = self._peers.get(peer)
        return media.wire.last_heard if media else None

    def stats(self, peer: PeerKey) -> MediaStats:
        media = self._peers.get(peer)
        return media_stats(media) if media else NO_STATS

    def quality(self, peer: PeerKey) -> Judgement | None:
        media = self._peers.get(peer)
        return media_quality(media) if media else None
