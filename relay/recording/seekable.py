"""What makes a recorded part seekable: an index of its clusters, and a header in front of them.

A live Matroska or WebM file tells neither its duration nor where its keyframes are. The encrypted
part is never written twice, so a header with both is kept beside it: the playable file is
`seek_header + plaintext[body_offset:]`.
"""

import struct
from collections.abc import Iterable
from dataclasses import dataclass

from relay.recording import ebml
from relay.recording.losses import Losses

AUDIO_CUE_SPACING = 2000  # ms; every Opus block could be a cue
VIDEO_CUE_SPACING = 500
"""ms; a peer that sends nothing but keyframes would make the index as large as it likes."""
AUDIO_TRACK = 2  # TrackType (RFC 9559 section 5.1.4.1.3)
LAST_FRAME = 20
"""ms; an Opus frame lasts as long as browsers send it, and a picture longer."""
_BLOCK_HEAD = 13  # octets at most: identifier, size, track number, time, flags
_SIGNED = struct.Struct("!h")


class NothingPlayableError(Exception):
    """A recovered part that holds no whole header or no media."""


@dataclass(frozen=True)
class PartSummary:
    """What is kept beside a closed part: playable file = seek_header + plaintext[body_offset:]."""

    duration_ms: int
    seek_header: bytes
    body_offset: int
    losses: Losses | None = None
    """None is known for a part whose writer died."""


class Index:
    """Fed with the plaintext of a part in pieces of any size, in order."""

    def __init__(self) -> None:
        self._position = 0
        self._last_ms = 0
        self._data = b""  # begins with an element that is not whole yet
        # Octets of the current block or of an element without interest that are still to come.
        self._skip = 0
        self._cluster_at = 0
        self._cluster_ms = 0
        self._body_offset: int | None = None
        self._any_block = False
        self._heads: dict[int, bytes] = {}
        self._cue_track = 0
        self._cue_spacing = 0
        self._cues: list[tuple[int, int]] = []  # (ms, position of the cluster)

    def feed(self, data: bytes) -> None:
        """Raises ValueError if it is not Matroska."""
        self._position += len(data)
        self._data = self._data + data if self._data else data
        start = self._position - len(self._data)
        at = 0
        while at < len(self._data):
            at = at if self._skip else self._blocks(at)
            taken = self._element(at, start)
            if taken == 0:
                break
            at += taken
        self._data = self._data[at:]

    def add_cluster(self, size: int, last_ms: int, cues: Iterable[int]) -> None:
        """The same for a whole cluster: its octets, its last time, the times of its keyframes."""
        self._enter_cluster(self._position)
        self._position += size
        self._last_ms = max(self._last_ms, last_ms)
        self._any_block = True
        for time in cues:
            self._cue(time)

    def summary(self, lasts_ms: int = 0) -> PartSummary:
        """Of a part that lasts so long at least.

        Raises NothingPlayableError before the first cluster.
        """
        if not self._any_block or not self._heads.keys() >= _HEADS:
            raise NothingPlayableError("the part ends before its first media")
        duration_ms = max(self._last_ms + LAST_FRAME, lasts_ms)
        return PartSummary(duration_ms, self._header(duration_ms), self._body_offset or 0)

    def _element(self, at: int, start: int) -> int:
        """Take one element, or the head of one that is entered.

        How many octets that was, 0 if more are needed.
        """
        if self._skip:
            taken = min(self._skip, len(self._data) - at)
            self._skip -= taken
            return taken
        header = ebml.decode_header(self._data, at)
        if header is None:
            return 0
        identifier, size, payload_at = header
        if identifier == ebml.SEGMENT:
            return payload_at - at
        if identifier == ebml.CLUSTER:
            self._enter_cluster(start + at)
            return payload_at - at
        if size == ebml.UNKNOWN_SIZE:
            raise ValueError(f"element {identifier:x} has no size")
        return self._leaf(identifier, payload_at, size, at)

    def _blocks(self, at: int) -> int:
        """Take the whole blocks that begin here; where the first other element begins."""
        data, end = self._data, len(self._data) - _BLOCK_HEAD
        while at < end and data[at] == ebml.SIMPLE_BLOCK:
            payload_at = at + 10 - data[at + 1].bit_length()
            marker = 1 << 7 * (payload_at - at - 1)
            size = int.from_bytes(data[at + 1 : payload_at], "big") - marker
            following = payload_at + size
            if following > len(data) or not 4 <= size < marker - 1:
                break  # not whole yet, or not as a muxer writes it
            self._block(payload_at)
            at = following
        return at

    def _leaf(self, identifier: int, payload_at: int, size: int, at: int) -> int:
        needed = {ebml.SIMPLE_BLOCK: 4}.get(identifier, size if identifier in _KEPT else 0)
        if len(self._data) < payload_at + needed:
            return 0
        if identifier == ebml.SIMPLE_BLOCK:
            self._block(payload_at)
        elif needed:
            self._keep(identifier, self._data[payload_at : payload_at + size])
        whole = payload_at + size
        self._skip = max(0, whole - len(self._data))
        return min(whole, len(self._data)) - at

    def _enter_cluster(self, begin: int) -> None:
        self._cluster_at = begin
        if self._body_offset is None:
            self._body_offset = begin

    def _keep(self, identifier: int, payload: bytes) -> None:
        if identifier == ebml.TIMESTAMP:
            self._cluster_ms = int.from_bytes(payload, "big")
            return
        self._heads[identifier] = payload
        if identifier == ebml.TRACKS:
            entries = [
                dict(ebml.children(entry))
                for kind, entry in ebml.children(payload)
                if kind == ebml.TRACK_ENTRY
            ]
            # Video is 1, audio 2.
            track = min(entries, key=lambda entry: entry[ebml.TRACK_TYPE], default={})
            self._cue_track = int.from_bytes(track.get(ebml.TRACK_NUMBER, b"\1"), "big")
            of_audio = track.get(ebml.TRACK_TYPE) == bytes([AUDIO_TRACK])
            self._cue_spacing = AUDIO_CUE_SPACING if of_audio else VIDEO_CUE_SPACING

    def _block(self, at: int) -> None:
        """Track number (here always one octet), signed 16-bit time within the cluster,
        flags (RFC 9559 10.2).
        """
        track, flags = self._data[at] & 0x7F, self._data[at + 3]
        time = max(0, self._cluster_ms + _SIGNED.unpack_from(self._data, at + 1)[0])
        self._last_ms = max(self._last_ms, time)
        self._any_block = True
        if track == self._cue_track and flags & 0x80:
            self._cue(time)

    def _cue(self, time: int) -> None:
        if not self._cues or time >= self._cues[-1][0] + self._cue_spacing:
            self._cues.append((time, self._cluster_at))

    def _header(self, duration_ms: int) -> bytes:
        info = _info(self._heads[ebml.INFO], duration_ms)
        tracks = ebml.element(ebml.TRACKS, self._heads[ebml.TRACKS])
        cues_size = len(self._cue_element(0))
        seek_head_size = len(_seek_head(0, 0, 0))
        # Counted from the Segment's first child.
        body_at = seek_head_size + len(info) + len(tracks) + cues_size
        body = self._position - (self._body_offset or 0)
        inside = (
            _seek_head(seek_head_size, seek_head_size + len(info), body_at - cues_size)
            + info
            + tracks
            + self._cue_element(body_at)
        )
        segment = ebml.encode_id(ebml.SEGMENT) + ebml.encode_size(
            len(inside) + body, ebml.SIZE_WIDTH
        )
        return ebml.element(ebml.EBML, self._heads[ebml.EBML]) + segment + inside

    def _cue_element(self, body_at: int) -> bytes:
        shift = body_at - (self._body_offset or 0)
        points = [
            _cue(time, self._cue_track, max(0, position + shift)) for time, position in self._cues
        ]
        return ebml.element(ebml.CUES, b"".join(points))


_HEADS = {ebml.EBML, ebml.INFO, ebml.TRACKS}
_KEPT = _HEADS | {ebml.TIMESTAMP}


def scan(chunks: Iterable[bytes]) -> PartSummary:
    """The same for a part whose writer died: its plaintext in order, which may end anywhere.

    Raises NothingPlayableError if no media survived.
    """
    index = Index()
    for chunk in chunks:
        index.feed(chunk)
    return index.summary()


def _cue(time: int, track: int, position: int) -> bytes:
    place = ebml.unsigned(ebml.CUE_TRACK, track) + ebml.unsigned(
        ebml.CUE_CLUSTER_POSITION, position, ebml.SIZE_WIDTH
    )
    return ebml.element(
        ebml.CUE_POINT,
        ebml.unsigned(ebml.CUE_TIME, time) + ebml.element(ebml.CUE_TRACK_POSITIONS, place),
    )


def _info(recorded: bytes, duration_ms: int) -> bytes:
    """The recorded Info with a Duration, which counts in units of TimestampScale: milliseconds."""
    kept = [
        (kind, payload)
        for kind, payload in ebml.children(recorded)
        if kind not in (ebml.DURATION, ebml.VOID)
    ]
    fields = b"".join(ebml.element(kind, payload) for kind, payload in kept)
    return ebml.element(ebml.INFO, fields + ebml.float64(ebml.DURATION, float(duration_ms)))


def _seek_head(info: int, tracks: int, cues: int) -> bytes:
    """Positions are counted from the Segment's first child."""
    places = ((ebml.INFO, info), (ebml.TRACKS, tracks), (ebml.CUES, cues))
    return ebml.element(
        ebml.SEEK_HEAD,
        b"".join(
            ebml.element(
                ebml.SEEK,
                ebml.element(ebml.SEEK_ID, ebml.encode_id(identifier))
                + ebml.unsigned(ebml.SEEK_POSITION, position, ebml.SIZE_WIDTH),
            )
            for identifier, position in places
        ),
    )
