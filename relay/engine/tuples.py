"""The words of relay.media as the tuples that the engine reads; their order is told in `_engine.pyi`."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pylibsrtp
from pylibsrtp._binding import ffi

from relay.media import Codec, Slot, Uplink
from relay.negotiation.formats import ABS_SEND_TIME_EXTENSION, MID_EXTENSION

if TYPE_CHECKING:
    from relay.engine._engine import CodecTuple, SlotTuple, UplinkTuple

_CODINGS = {"VP8": 1, "H264": 2}


def uplink_tuple(token: int, uplink: Uplink, rid: str, *, kept: bool) -> "UplinkTuple":
    """A layer of an uplink, or all of it if it has none; `kept`: as it is."""
    ssrc, rtx_ssrc = (-1 if ssrc is None else ssrc for ssrc in (uplink.ssrc, uplink.rtx_ssrc))
    return (uplink.mid, rid, kept, token, uplink.kind == "video", _codec_tuples(uplink.codecs), ssrc, rtx_ssrc)


def slot_tuple(slot: Slot, first_sequence: int, first_timestamp: int) -> "SlotTuple":
    """A slot, and where its numbering begins."""
    return (
        slot.mid,
        slot.kind == "video",
        _codec_tuples(slot.codecs),
        slot.ssrc,
        slot.rtx_ssrc or 0,
        slot.extensions.get(MID_EXTENSION, 0),
        slot.extensions.get(ABS_SEND_TIME_EXTENSION, 0),
        slot.stream,
        first_sequence,
        first_timestamp,
    )


def _codec_tuples(codecs: Sequence[Codec]) -> "list[CodecTuple]":
    return [
        (
            codec.payload_type,
            -1 if codec.rtx_payload_type is None else codec.rtx_payload_type,
            _CODINGS.get(codec.name, 0),
            codec.clock_rate,
            _format(codec),
        )
        for codec in codecs
    ]


def _format(codec: Codec) -> str:
    """What makes two codecs the same to a decoder; H.264 by profile and packetization mode (RFC 6184 8.2.2)."""
    if codec.name != "H264":
        return codec.name
    profile = codec.parameters.get("profile-level-id", "")[:4].lower()
    return f"H264/{profile}/{codec.parameters.get('packetization-mode', '0')}"


def session_pointer(session: pylibsrtp.Session) -> int:
    """The address of the libsrtp session, good as long as `session` lives."""
    return int(ffi.cast("uintptr_t", session._srtp[0]))  # noqa: SLF001  pylibsrtp has no other way to it
