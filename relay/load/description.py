"""The session descriptions of a load client: an offer in the shape of a browser's,
and what it reads in an answer.
"""

import re
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Self

from relay.media import Kind
from relay.transport.dtls import Role

ABS_SEND_TIME = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"
TRANSPORT_CC = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"
MID = "urn:ietf:params:rtp-hdrext:sdes:mid"
EXTENSIONS = {ABS_SEND_TIME: 2, TRANSPORT_CC: 3, MID: 4}
OPUS, VP8, RTX = 111, 96, 97

_FORMATS: dict[Kind, tuple[str, ...]] = {
    "audio": (
        f"rtpmap:{OPUS} opus/48000/2",
        f"rtcp-fb:{OPUS} transport-cc",
        f"fmtp:{OPUS} minptime=10;useinbandfec=1",
    ),
    "video": (
        f"rtpmap:{VP8} VP8/90000",
        *(
            f"rtcp-fb:{VP8} {feedback}"
            for feedback in ("goog-remb", "transport-cc", "ccm fir", "nack", "nack pli")
        ),
        f"rtpmap:{RTX} rtx/90000",
        f"fmtp:{RTX} apt={VP8}",
    ),
}


_CANDIDATE = r"^a=candidate:\S+ 1 (?:udp|UDP) \d+ (\S+) (\d+) typ host"


@dataclass(frozen=True)
class HeaderExtension:
    """An RTP header extension (RFC 8285, one-byte form), and where in it a sender writes; 0:
    nowhere.
    """

    data: bytes
    send_time_at: int
    transport_sequence_at: int


@dataclass(frozen=True)
class Track:
    """One outgoing RTP stream."""

    kind: Kind
    mid: str
    ssrc: int
    rtx_ssrc: int = 0
    """0: none."""
    extensions: frozenset[str] = frozenset(EXTENSIONS)
    """Those agreed on."""

    @property
    def payload_type(self) -> int:
        return VP8 if self.kind == "video" else OPUS

    @property
    def rtx_payload_type(self) -> int:
        return RTX

    def agreed(self, answer: str) -> Self:
        """The track with the extensions that the answer took."""
        section = next(part for part in sections(answer) if f"\r\na=mid:{self.mid}\r\n" in part)
        return replace(
            self,
            extensions=frozenset(
                re.findall(r"^a=extmap:\d+(?:/\w+)? (\S+)", section, re.MULTILINE)
            ),
        )

    def header_extension(self) -> HeaderExtension:
        """What precedes the payload, with zeros where the time and the number go."""
        elements = b""
        places = {ABS_SEND_TIME: 0, TRANSPORT_CC: 0}
        contents = {ABS_SEND_TIME: bytes(3), TRANSPORT_CC: bytes(2), MID: self.mid.encode()}
        for uri, content in contents.items():
            if uri in self.extensions:
                places[uri] = 4 + len(elements) + 1
                elements += bytes([EXTENSIONS[uri] << 4 | len(content) - 1]) + content
        elements += bytes(-len(elements) % 4)
        data = struct.pack("!HH", 0xBEDE, len(elements) // 4) + elements if elements else b""
        return HeaderExtension(data, places[ABS_SEND_TIME], places[TRANSPORT_CC])


@dataclass(frozen=True)
class Transport:
    """One side's ICE and DTLS, as a description has it."""

    addresses: tuple[tuple[str, int], ...]
    """The host candidates."""
    ufrag: str
    password: str
    fingerprint: str
    """`sha-256 AB:CD:…`"""
    setup: str

    @classmethod
    def of(cls, sdp: str) -> Self:
        """Of a server with host candidates. Raises ConnectionError."""
        _first(_CANDIDATE, sdp)
        found = re.findall(_CANDIDATE, sections(sdp)[0] if "\nm=" in sdp else sdp, re.MULTILINE)
        return cls(
            addresses=tuple((host, int(port)) for host, port in found),
            ufrag=_first(r"^a=ice-ufrag:(\S+)", sdp)[1],
            password=_first(r"^a=ice-pwd:(\S+)", sdp)[1],
            fingerprint=_first(r"^a=fingerprint:(\S+ \S+)", sdp)[1],
            setup=_first(r"^a=setup:(\S+)", sdp)[1],
        )

    @property
    def role_of_the_other(self) -> Role:
        """In DTLS (RFC 5763 5): we accept where it is active."""
        return "server" if self.setup == "active" else "client"

    def lines(self, setup: str) -> Iterator[str]:
        """As an m-line's attributes."""
        yield f"ice-ufrag:{self.ufrag}"
        yield f"ice-pwd:{self.password}"
        yield f"fingerprint:{self.fingerprint}"
        yield f"setup:{setup}"
        yield "rtcp-mux"
        yield "rtcp-rsize"
        for number, (host, port) in enumerate(self.addresses, 1):
            yield f"candidate:{number} 1 udp 2130706431 {host} {port} typ host"
        yield "end-of-candidates"


def _first(pattern: str, sdp: str) -> re.Match[str]:
    match = re.search(pattern, sdp, re.MULTILINE)
    if match is None:
        raise ConnectionError(f"the server's description has no {pattern}:\n{sdp}")
    return match


def sections(sdp: str) -> list[str]:
    """The m-lines with what belongs to each."""
    return re.split(r"(?=^m=)", sdp, flags=re.MULTILINE)[1:]


def offer(transport: Transport, tracks: Sequence[Track], slots: Sequence[Kind] = ()) -> str:
    """Sends `tracks`, whose MIDs count from 0, and receives on an m-line for each of `slots`."""
    media = [
        _media(track.kind, track.mid, "sendonly", transport, tuple(_sources(track)))
        for track in tracks
    ]
    media += [
        _media(kind, str(mid), "recvonly", transport) for mid, kind in enumerate(slots, len(tracks))
    ]
    return description([str(mid) for mid in range(len(media))], media)


def description(mids: Sequence[str], media: Sequence[str]) -> str:
    """A whole description of these m-lines."""
    head = (
        "v=0",
        "o=- 1 1 IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        f"a=group:BUNDLE {' '.join(mids)}",
        "a=msid-semantic: WMS *",
    )
    return "".join(f"{line}\r\n" for line in head) + "".join(media)


def _media(
    kind: Kind, mid: str, direction: str, transport: Transport, sources: Sequence[str] = ()
) -> str:
    formats = f"{VP8} {RTX}" if kind == "video" else OPUS
    attributes = (
        f"mid:{mid}",
        direction,
        *transport.lines("actpass"),
        *_FORMATS[kind],
        *(f"extmap:{number} {uri}" for uri, number in EXTENSIONS.items()),
        *sources,
    )
    lines = (
        f"m={kind} 9 UDP/TLS/RTP/SAVPF {formats}",
        "c=IN IP4 0.0.0.0",
        *(f"a={value}" for value in attributes),
    )
    return "".join(f"{line}\r\n" for line in lines)


def _sources(track: Track) -> Iterator[str]:
    if track.rtx_ssrc:
        yield f"ssrc-group:FID {track.ssrc} {track.rtx_ssrc}"
        yield f"ssrc:{track.rtx_ssrc} cname:load"
    yield f"ssrc:{track.ssrc} cname:load"
