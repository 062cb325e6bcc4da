"""An answer written as text (RFC 8866, JSEP 5.3.1): ICE-lite (RFC 8445 2.5), BUNDLE, rtcp-mux,
passive in DTLS.

Of the offer's own text only tokens that a strict pattern accepted are repeated: MIDs, protocols and
formats.
"""

import ipaddress
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from relay.media import Codec, Slot
from relay.negotiation.credentials import Fingerprint, IceCredentials
from relay.negotiation.offer import Line


@dataclass(frozen=True)
class LocalDescription:
    """The server's side, the same for every peer."""

    fingerprint: Fingerprint
    candidates: tuple[tuple[str, int], ...]
    """(IP address, UDP port), the preferred one first; at least one."""
    video_codecs: tuple[str, ...] = ("VP8",)
    """In the server's order of preference: `VP8`, `H264`."""
    max_video_bitrate_bps: int = 2_500_000


def render(
    lines: tuple[Line, ...],
    local: LocalDescription,
    ice: IceCredentials,
    session_id: int,
    version: int,
) -> str:
    """The answer as it goes to the browser."""
    bundle = [line.mid for line in lines if line.accepted]
    text = [
        "v=0",
        f"o=- {session_id} {version} IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        "a=ice-lite",
        f"a=group:BUNDLE {' '.join(bundle)}",
        "a=msid-semantic:WMS *",
    ]
    for line in lines:
        text += _accepted(line, local, ice, bundle[0]) if line.accepted else _rejected(line)
    return "\r\n".join(text) + "\r\n"


def _rejected(line: Line) -> list[str]:
    section = line.section
    return [
        f"m={section.kind} 0 {section.protocol} {' '.join(section.formats)}",
        "c=IN IP4 0.0.0.0",
        f"a=mid:{line.mid}",
        "a=inactive",
    ]


def _accepted(
    line: Line, local: LocalDescription, ice: IceCredentials, tagged: str
) -> Iterator[str]:
    address, port = local.candidates[0]
    yield (
        f"m={line.section.kind} {port} {line.section.protocol} "
        f"{' '.join(map(str, _payload_types(line.codecs)))}"
    )
    yield f"c=IN IP{ipaddress.ip_address(address).version} {address}"
    if line.uplink and line.uplink.kind == "video":
        # Caps the browser's encoder before the first REMB arrives.
        yield f"b=TIAS:{local.max_video_bitrate_bps}"
    yield f"a=mid:{line.mid}"
    yield f"a={_direction(line)}"
    yield from _transport(local, ice)
    if line.mid == tagged:
        yield from _candidates(local)
    if line.section.has("rtcp-rsize"):
        yield "a=rtcp-rsize"
    yield from (f"a=extmap:{number} {uri}" for uri, number in line.extensions.items())
    for codec in line.codecs:
        yield from _codec(codec)
    if line.slot:
        yield from _sources(line.slot)
    if line.uplink and line.uplink.rids:
        yield from (f"a=rid:{rid} recv" for rid in line.uplink.rids)
        yield f"a=simulcast:recv {';'.join(line.uplink.rids)}"


def _direction(line: Line) -> str:
    if line.slot:
        return "sendonly"
    return "recvonly" if line.uplink else "inactive"


def _payload_types(codecs: tuple[Codec, ...]) -> Iterator[int]:
    for codec in codecs:
        yield codec.payload_type
        if codec.rtx_payload_type is not None:
            yield codec.rtx_payload_type


def _transport(local: LocalDescription, ice: IceCredentials) -> Iterator[str]:
    yield f"a=ice-ufrag:{ice.ufrag}"
    yield f"a=ice-pwd:{ice.pwd}"
    yield f"a=fingerprint:{local.fingerprint.algorithm} {local.fingerprint.value}"
    yield "a=setup:passive"
    yield "a=rtcp-mux"


def _candidates(local: LocalDescription) -> Iterator[str]:
    for index, (address, port) in enumerate(local.candidates):
        # RFC 8445 5.1.2.1: a host candidate of component 1.
        priority = (126 << 24) | ((65535 - index) << 8) | 255
        yield f"a=candidate:{index + 1} 1 udp {priority} {address} {port} typ host"
    yield "a=end-of-candidates"


def _codec(codec: Codec) -> Iterator[str]:
    channels = f"/{codec.channels}" if codec.channels > 1 else ""
    yield f"a=rtpmap:{codec.payload_type} {codec.name}/{codec.clock_rate}{channels}"
    yield from (f"a=rtcp-fb:{codec.payload_type} {value}" for value in codec.feedback)
    if codec.parameters:
        yield f"a=fmtp:{codec.payload_type} {_format_parameters(codec.parameters)}"
    if codec.rtx_payload_type is not None:
        yield f"a=rtpmap:{codec.rtx_payload_type} rtx/{codec.clock_rate}"
        yield f"a=fmtp:{codec.rtx_payload_type} apt={codec.payload_type}"


def _format_parameters(parameters: Mapping[str, str]) -> str:
    return ";".join(f"{name}={value}" for name, value in parameters.items())


def _sources(slot: Slot) -> Iterator[str]:
    yield f"a=msid:{slot.stream} {slot.stream}-{slot.kind}"
    if slot.rtx_ssrc is not None:
        yield f"a=ssrc-group:FID {slot.ssrc} {slot.rtx_ssrc}"
    for ssrc in (slot.ssrc, slot.rtx_ssrc):
        if ssrc is not None:
            yield f"a=ssrc:{ssrc} cname:{slot.stream}"
