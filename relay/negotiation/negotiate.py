"""Offer in, answer out: the browser always offers, the server always answers (JSEP, RFC 8829).
Pure.

An m-line on which the browser sends a named source is answered `recvonly`; one on which it only
receives becomes a slot, `sendonly` with the server's own SSRCs. One that carries nothing for now is
`inactive`, because a rejected m-line stops the browser's transceiver for good (RFC 8829 5.3.1).
Data channels, m-lines outside the bundle and those without a codec in common are rejected; the rest
works.

What everybody sends must be what everybody can receive, for the relay does not transcode: so a
browser is told to send the video codecs that the room agrees on, and may receive whatever it can.

Simulcast is answered to whoever receives two or more others, which is how a browser in a room of
three or more offers; in a room of two it would only cost the sender bandwidth, and a browser then
sends the first layer alone.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from relay.media import Codec, Kind, Slot, Source, Uplink
from relay.negotiation.answer import LocalDescription, render
from relay.negotiation.credentials import Fingerprint, IceCredentials, RandomBytes
from relay.negotiation.formats import (
    SLOT_EXTENSIONS,
    SLOT_FEEDBACK,
    UPLINK_EXTENSIONS,
    UPLINK_FEEDBACK,
    choose_codecs,
    choose_extensions,
)
from relay.negotiation.offer import Line, NegotiationError, check_sources, primary_and_rtx, read
from relay.negotiation.simulcast import offered_layers
from relay.negotiation.slots import SlotBook, SlotIdentity

__all__ = ["LocalDescription", "Negotiation", "NegotiationError", "answer"]


@dataclass(frozen=True)
class Negotiation:
    """What one offer and its answer agreed on;
    the next offer of the same peer is answered from it.
    """

    answer: str
    local_ice: IceCredentials
    """New ones on a new connection, and where the browser's have changed on the same one:
    an ICE restart.
    """
    remote_ice: IceCredentials
    fingerprints: tuple[Fingerprint, ...]
    """Of the browser's certificate: each must match."""
    new_connection: bool
    """The browser shows another certificate than before, or there was no before: DTLS
    and SRTP start anew.
    """
    lines: tuple[Line, ...]
    identities: Mapping[str, SlotIdentity]
    """By MID."""
    slots_made: tuple[SlotIdentity, ...]
    """All that this connection ever had."""
    video_codecs: tuple[str, ...] | None
    """What the browser can do of the server's, in the server's order; None
    if it has offered no video.
    """
    session_id: int
    version: int

    @property
    def uplinks(self) -> tuple[Uplink, ...]:
        """The m-lines on which the browser sends."""
        return tuple(line.uplink for line in self.lines if line.uplink)

    @property
    def slots(self) -> tuple[Slot, ...]:
        """The m-lines on which the server sends."""
        return tuple(line.slot for line in self.lines if line.slot)


VideoCodecs = tuple[str, ...]


def answer(
    offer: str,
    sources: Mapping[str, Source],
    local: LocalDescription,
    previous: Negotiation | None = None,
    random_bytes: RandomBytes = os.urandom,
    agree: Callable[[VideoCodecs], VideoCodecs] = lambda own: own,
) -> Negotiation:
    """Answer an offer. `sources` names what each sending m-line carries, by MID.
    Raises NegotiationError.

    `agree` is asked which of the video codecs that the browser can do it shall send; if none, it
    sends what it likes.
    """
    offered = read(offer)
    check_sources(sources, offered.lines)
    if previous is not None and previous.fingerprints != offered.fingerprints:
        previous = None
    restart = previous is not None and previous.remote_ice != offered.ice
    ice = previous.local_ice if previous and not restart else IceCredentials.generate(random_bytes)
    made = previous.slots_made if previous else ()
    book = SlotBook(_known_slots(offered.lines, previous), made, offered.ssrcs, random_bytes)
    keep = _payload_types(previous)
    layered = _others(offered.lines) > 1
    able = _video_codecs(offered.lines, local)
    terms = _Terms(sources, able, agree(able) or able, book, keep, layered)
    lines = tuple(_choose(line, terms) for line in offered.lines)
    if not any(line.accepted for line in lines):
        raise NegotiationError("the offer has no audio or video codec that this server takes")
    session_id = previous.session_id if previous else int.from_bytes(random_bytes(8), "big") >> 2
    version = previous.version + 1 if previous else 1
    return Negotiation(
        answer=render(lines, local, ice, session_id, version),
        local_ice=ice,
        remote_ice=offered.ice,
        fingerprints=offered.fingerprints,
        new_connection=previous is None,
        lines=lines,
        identities=book.identities,
        slots_made=book.made,
        video_codecs=able if any(_is_video(line) for line in offered.lines) else None,
        session_id=session_id,
        version=version,
    )


def _known_slots(lines: tuple[Line, ...], previous: Negotiation | None) -> dict[str, SlotIdentity]:
    if previous is None:
        return {}
    mids = {line.mid for line in lines if line.accepted}
    return {mid: slot for mid, slot in previous.identities.items() if mid in mids}


def _payload_types(previous: Negotiation | None) -> frozenset[int]:
    lines = previous.lines if previous else ()
    return frozenset(codec.payload_type for line in lines for codec in line.codecs)


def _others(lines: tuple[Line, ...]) -> int:
    """How many others the browser can hear."""
    return sum(
        line.accepted and line.section.kind == "audio" and line.direction == "recvonly"
        for line in lines
    )


def _video_codecs(lines: tuple[Line, ...], local: LocalDescription) -> VideoCodecs:
    sections = [line.section for line in lines if _is_video(line)]
    names = {
        codec.name
        for section in sections
        for codec in choose_codecs(section, "video", local.video_codecs, ())
    }
    return tuple(name for name in local.video_codecs if name in names)


def _is_video(line: Line) -> bool:
    return line.accepted and line.section.kind == "video"


@dataclass(frozen=True)
class _Terms:
    """By what the m-lines of one offer are answered."""

    sources: Mapping[str, Source]
    able: VideoCodecs
    agreed: VideoCodecs
    book: SlotBook
    keep: frozenset[int]
    layered: bool


def _choose(line: Line, terms: _Terms) -> Line:
    if not line.accepted:
        return line
    source = terms.sources.get(line.mid) if line.direction in ("sendrecv", "sendonly") else None
    kind: Kind = "audio" if line.section.kind == "audio" else "video"
    feedback = UPLINK_FEEDBACK if source else SLOT_FEEDBACK
    codecs = choose_codecs(
        line.section, kind, terms.agreed if source else terms.able, feedback, terms.keep
    )
    if not codecs:
        return replace(line, accepted=False)
    extensions = choose_extensions(line.section, UPLINK_EXTENSIONS if source else SLOT_EXTENSIONS)
    line = replace(line, codecs=codecs, extensions=extensions)
    if source:
        layered = terms.layered and source == "camera" and codecs[0].name == "VP8"
        rids = offered_layers(line.section) if layered else ()
        ssrc, rtx_ssrc = (None, None) if rids else primary_and_rtx(line.section)
        return replace(
            line, uplink=Uplink(line.mid, kind, source, codecs, extensions, ssrc, rtx_ssrc, rids)
        )
    if line.direction == "recvonly":
        return replace(line, slot=_slot(line.mid, kind, codecs, extensions, terms.book))
    return line


def _slot(
    mid: str, kind: Kind, codecs: tuple[Codec, ...], extensions: dict[str, int], book: SlotBook
) -> Slot:
    identity = book.identity(mid, kind)
    has_rtx = any(codec.rtx_payload_type is not None for codec in codecs)
    rtx_ssrc = identity.rtx_ssrc if has_rtx else None
    return Slot(mid, kind, codecs, extensions, identity.ssrc, rtx_ssrc, identity.stream)
