"""Which codecs, feedback and header extensions of an m-line the relay takes,
as pure choices from an offer.

The relay forwards without decoding, so the codecs of all peers must be the same ones: Opus, VP8
and, where the settings allow, constrained-baseline H.264. Left out on purpose: RED, comfort noise
and telephone-event (nobody downstream would know what to do with them), FEC other than Opus's own,
and `urn:3gpp:video-orientation` (without it a phone turns the picture before encoding, so the
recording needs no rotation).
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from relay.media import Codec, Kind
from relay.negotiation.sdp import Section

MID_EXTENSION = "urn:ietf:params:rtp-hdrext:sdes:mid"
ABS_SEND_TIME_EXTENSION = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"
TRANSPORT_CC_EXTENSION = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"
RID_EXTENSION = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"
REPAIRED_RID_EXTENSION = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id"

LAYER_EXTENSIONS = (RID_EXTENSION, REPAIRED_RID_EXTENSION)
# Layers' too, also where there are none: Chromium offers a later m-line only what an earlier one of
# its kind agreed on (measured), and then refuses its own offer of layers.
UPLINK_EXTENSIONS = (
    MID_EXTENSION,
    ABS_SEND_TIME_EXTENSION,
    TRANSPORT_CC_EXTENSION,
    *LAYER_EXTENSIONS,
)
# Without the transport-wide number, but with the send time, browsers report the downlink as REMB
# (measured).
SLOT_EXTENSIONS = (MID_EXTENSION, ABS_SEND_TIME_EXTENSION)

UPLINK_FEEDBACK = ("nack", "nack pli", "ccm fir", "goog-remb", "transport-cc")
SLOT_FEEDBACK = ("nack", "nack pli", "ccm fir", "goog-remb")

# usedtx stays 0: a near-silent voice is content in a consultation, and one packet each 20 ms lets
# the recorder and the loss figures tell silence from loss. In-band FEC lets the receiver repair a
# single lost packet.
_OPUS_PARAMETERS = {"minptime": "10", "useinbandfec": "1"}

_RTPMAP = re.compile(r"([0-9]{1,3}) ([A-Za-z0-9-]{1,32})/([0-9]{1,6})(?:/([0-9]))?")
_FMTP = re.compile(r"([0-9]{1,3}) (.*)")
_FEEDBACK = re.compile(r"([0-9]{1,3}|\*) (.*)")
_EXTMAP = re.compile(r"([0-9]{1,3})(?:/([a-z]+))? (\S+)(?: .*)?")
_PROFILE_LEVEL_ID = re.compile(r"[0-9a-fA-F]{6}")


@dataclass(frozen=True)
class Format:
    """One payload type of an offer."""

    payload_type: int
    name: str
    clock_rate: int
    channels: int
    parameters: dict[str, str]
    feedback: frozenset[str]


def choose_codecs(
    section: Section,
    kind: Kind,
    video_codecs: Sequence[str],
    feedback: Sequence[str],
    keep: frozenset[int] = frozenset(),
) -> tuple[Codec, ...]:
    """The codecs for one m-line, in the server's order of preference; empty
    if there is none in common.

    `keep` holds payload types agreed earlier: where several would do, they stay.
    """
    formats = list(_formats(section))
    names = ("opus",) if kind == "audio" else tuple(video_codecs)
    chosen = []
    for name in names:
        matching = sorted(
            (f for f in formats if _acceptable(f, name)), key=lambda f: f.payload_type not in keep
        )
        if matching:
            chosen.append(_codec(matching[0], name, formats, feedback))
    return tuple(chosen)


def choose_extensions(section: Section, wanted: Sequence[str]) -> dict[str, int]:
    """Header extension URI → id.

    Ids over 14 would need the two-byte form (RFC 8285 4.3), which the relay avoids.
    """
    matches = (_EXTMAP.fullmatch(value) for value in section.all("extmap"))
    offered = {match[3]: int(match[1]) for match in matches if match and match[2] != "inactive"}
    return {uri: offered[uri] for uri in wanted if 1 <= offered.get(uri, 0) <= 14}


def _formats(section: Section) -> Iterator[Format]:
    """The first `a=rtpmap` of each payload type on the m-line."""
    parameters, feedback = _parameters(section), _feedback(section)
    left = {number for number in section.formats if number.isdigit() and int(number) < 128}
    for value in section.all("rtpmap"):
        match = _RTPMAP.fullmatch(value.strip())
        if match and match[1] in left:
            left.discard(match[1])
            yield Format(
                payload_type=int(match[1]),
                name=match[2],
                clock_rate=int(match[3]),
                channels=int(match[4] or 1),
                parameters=parameters.get(match[1], {}),
                feedback=frozenset(feedback[match[1]] | feedback["*"]),
            )


def _parameters(section: Section) -> dict[str, dict[str, str]]:
    """Format parameters by payload type."""
    parameters = {}
    for value in section.all("fmtp"):
        if match := _FMTP.fullmatch(value):
            items = (item.strip().partition("=") for item in match[2].split(";"))
            parameters[match[1]] = {name.lower(): setting for name, _, setting in items}
    return parameters


def _feedback(section: Section) -> defaultdict[str, set[str]]:
    """Feedback by payload type, of the kinds that the relay knows;
    `*` is for all of them (RFC 4585 4.2).
    """
    feedback: defaultdict[str, set[str]] = defaultdict(set)
    for value in section.all("rtcp-fb"):
        if (match := _FEEDBACK.fullmatch(value.strip())) and match[2] in UPLINK_FEEDBACK:
            feedback[match[1]].add(match[2])
    return feedback


def _acceptable(offered: Format, name: str) -> bool:
    if offered.name.lower() != name.lower():
        return False
    if name == "opus":
        return (offered.clock_rate, offered.channels) == (48000, 2)
    return offered.clock_rate == 90000 and (
        name != "H264" or _is_constrained_baseline(offered.parameters)
    )


def _is_constrained_baseline(parameters: dict[str, str]) -> bool:
    """Profile 66 with constraint_set1 (RFC 6184 8.1),
    in the packetization mode every browser sends.
    """
    profile = parameters.get("profile-level-id", "")
    if parameters.get("packetization-mode") != "1" or not _PROFILE_LEVEL_ID.fullmatch(profile):
        return False
    return profile[:2] == "42" and bool(int(profile[2:4], 16) & 0x40)


def _codec(offered: Format, name: str, formats: list[Format], feedback: Sequence[str]) -> Codec:
    apt = str(offered.payload_type)
    retransmission = (
        f for f in formats if f.name.lower() == "rtx" and f.parameters.get("apt") == apt
    )
    return Codec(
        payload_type=offered.payload_type,
        name=name,
        clock_rate=offered.clock_rate,
        channels=offered.channels,
        parameters=_answered_parameters(offered, name),
        rtx_payload_type=next((f.payload_type for f in retransmission), None),
        feedback=tuple(value for value in feedback if value in offered.feedback),
    )


def _answered_parameters(offered: Format, name: str) -> dict[str, str]:
    if name == "opus":
        return dict(_OPUS_PARAMETERS)
    if name == "H264":
        return {
            "level-asymmetry-allowed": "1",
            "packetization-mode": "1",
            "profile-level-id": offered.parameters["profile-level-id"].lower(),
        }
    return {}
