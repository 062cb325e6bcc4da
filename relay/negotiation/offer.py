"""An offer read: its m-lines, and the one ICE and DTLS transport they share (BUNDLE, RFC 9143).

Pure.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from relay.media import KIND_OF_SOURCE, Codec, Slot, Source, Uplink
from relay.negotiation.credentials import Fingerprint, IceCredentials
from relay.negotiation.sdp import Description, SdpError, Section, parse

RTP_PROTOCOL = "UDP/TLS/RTP/SAVPF"
DIRECTIONS = ("sendrecv", "sendonly", "recvonly", "inactive")
# A MID travels in a one-byte header extension, which holds 16 bytes (RFC 8285 4.2).
_MID = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`{|}~-]{1,16}")
MAX_FINGERPRINTS = 8
"""Each is compared with the certificate; browsers offer one."""
_SSRC = re.compile(r"([0-9]{1,10})(?: .*)?")
_FID = re.compile(r"FID ([0-9]{1,10}) ([0-9]{1,10})")


class NegotiationError(ValueError):
    """The offer cannot be answered. The message is one short line that names what is wrong."""


@dataclass(frozen=True)
class Line:
    """One m-line, first as offered, then with what the answer makes of it."""

    section: Section
    mid: str
    direction: str
    """As offered."""
    accepted: bool
    """An audio or video m-line in the bundle; the others are rejected."""
    codecs: tuple[Codec, ...] = ()
    extensions: Mapping[str, int] = field(default_factory=dict)
    uplink: Uplink | None = None
    slot: Slot | None = None


@dataclass(frozen=True)
class Offer:
    """What an offer says, before anything is chosen from it."""

    lines: tuple[Line, ...]
    ice: IceCredentials
    fingerprints: tuple[Fingerprint, ...]
    ssrcs: frozenset[int]
    """Every SSRC that the browser declares."""


def read(text: str) -> Offer:
    """Read an offer. Raises NegotiationError."""
    try:
        description = parse(text)
    except SdpError as error:
        raise NegotiationError(f"the offer is no session description: {error}") from None
    bundle = _bundle(description)
    lines = tuple(
        _line(description, section, index, bundle)
        for index, section in enumerate(description.media)
    )
    if len({line.mid for line in lines}) != len(lines):
        raise NegotiationError("two m-lines have the same mid")
    for line in lines:
        if line.accepted:
            _check_transport(description, line)
    accepted = {line.mid: line for line in lines if line.accepted}
    tagged = next((accepted[mid] for mid in bundle if mid in accepted), None)
    if tagged is None:
        raise NegotiationError("the offer has no audio or video m-line in a BUNDLE group")
    ssrcs = frozenset(ssrc for line in lines for ssrc in _ssrcs(line.section))
    return Offer(lines, _ice(description, tagged), _fingerprints(description, tagged), ssrcs)


def _bundle(description: Description) -> dict[str, None]:
    """The MIDs of the BUNDLE group in order; the first one's transport is
    that of all (RFC 9143 7.2).
    """
    groups = (value.split() for value in description.session.all("group"))
    return dict.fromkeys(next((group[1:] for group in groups if group[:1] == ["BUNDLE"]), []))


def _line(description: Description, section: Section, index: int, bundle: dict[str, None]) -> Line:
    mid = section.first("mid")
    if mid is None or not _MID.fullmatch(mid):
        raise NegotiationError(
            f"m-line {index} has no mid, or one that is not 1 to 16 token characters"
        )
    # Port 0 means rejected, except together with bundle-only (RFC 9143 6).
    stopped = section.port == 0 and not section.has("bundle-only")
    media = section.kind in ("audio", "video") and section.protocol == RTP_PROTOCOL
    return Line(
        section,
        mid,
        _direction(description, section),
        accepted=media and not stopped and mid in bundle,
    )


def _direction(description: Description, section: Section) -> str:
    for part in (section, description.session):
        for direction in DIRECTIONS:
            if part.has(direction):
                return direction
    return "sendrecv"


def _check_transport(description: Description, line: Line) -> None:
    if description.value(line.section, "setup") not in ("actpass", "active"):
        raise NegotiationError(f"mid {line.mid} does not offer setup:actpass or setup:active")
    if description.value(line.section, "rtcp-mux") is None:
        raise NegotiationError(f"mid {line.mid} does not offer rtcp-mux")


def _ice(description: Description, line: Line) -> IceCredentials:
    ufrag = description.value(line.section, "ice-ufrag") or ""
    pwd = description.value(line.section, "ice-pwd") or ""
    try:
        return IceCredentials(ufrag, pwd)
    except ValueError as error:
        raise NegotiationError(f"mid {line.mid}: {error}") from None


def _fingerprints(description: Description, line: Line) -> tuple[Fingerprint, ...]:
    values = dict.fromkeys(description.values(line.section, "fingerprint"))
    if len(values) > MAX_FINGERPRINTS:
        raise NegotiationError(f"mid {line.mid} has more than {MAX_FINGERPRINTS} fingerprints")
    try:
        parsed = [Fingerprint.parse(value) for value in values]
    except ValueError as error:
        raise NegotiationError(f"mid {line.mid}: {error}") from None
    fingerprints = tuple(fingerprint for fingerprint in parsed if fingerprint is not None)
    if not fingerprints:
        raise NegotiationError(f"mid {line.mid} has no fingerprint of sha-256, sha-384 or sha-512")
    return fingerprints


def check_sources(sources: Mapping[str, Source], lines: tuple[Line, ...]) -> None:
    """Whether `sources` fits the offer. Raises NegotiationError."""
    sections = {line.mid: line.section for line in lines}
    for mid, source in sources.items():
        if mid not in sections:
            raise NegotiationError(f"sources names a mid for {source} that the offer does not have")
        if sections[mid].kind != KIND_OF_SOURCE[source]:
            raise NegotiationError(f"sources puts {source} on an m-line of another kind")
    if len(set(sources.values())) != len(sources):
        raise NegotiationError("sources names the same source for two m-lines")


def _ssrcs(section: Section) -> list[int]:
    matches = (_SSRC.fullmatch(value) for value in section.all("ssrc"))
    return [int(match[1]) for match in matches if match and int(match[1]) < 1 << 32]


def primary_and_rtx(section: Section) -> tuple[int | None, int | None]:
    """The SSRCs that the browser declares for an m-line; it may leave them to the MID extension."""
    declared = _ssrcs(section)
    matches = (_FID.fullmatch(value) for value in section.all("ssrc-group"))
    pair = next(((int(match[1]), int(match[2])) for match in matches if match), None)
    if pair is not None and set(pair) <= set(declared):
        return pair
    return (declared[0] if declared else None), None
