"""What a peer and the server agreed on, in the engine's words;
`_engine.pyi` tells what each means.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from relay.media import Codec, Slot, Uplink
from relay.negotiation.formats import ABS_SEND_TIME_EXTENSION, MID_EXTENSION

if TYPE_CHECKING:
    from relay.engine._engine import CodecTerms, SlotTerms, UplinkTerms

_CODINGS = {"VP8": 1, "H264": 2}


def uplink_terms(token: int, uplink: Uplink, rid: str, *, kept: bool) -> "UplinkTerms":
    """A layer of an uplink, or all of it if it has none; `kept`: as it is."""
    return {
        "mid": uplink.mid,
        "rid": rid,
        "kept": kept,
        "token": token,
        "video": uplink.kind == "video",
        "codecs": _codec_terms(uplink.codecs),
        "ssrc": -1 if uplink.ssrc is None else uplink.ssrc,
        "rtx_ssrc": -1 if uplink.rtx_ssrc is None else uplink.rtx_ssrc,
    }


def slot_terms(slot: Slot, first_sequence: int, first_timestamp: int) -> "SlotTerms":
    """A slot, and where its numbering begins."""
    return {
        "mid": slot.mid,
        "video": slot.kind == "video",
        "codecs": _codec_terms(slot.codecs),
        "ssrc": slot.ssrc,
        "rtx_ssrc": slot.rtx_ssrc or 0,
        "mid_id": slot.extensions.get(MID_EXTENSION, 0),
        "send_time_id": slot.extensions.get(ABS_SEND_TIME_EXTENSION, 0),
        "stream": slot.stream,
        "first_sequence": first_sequence,
        "first_timestamp": first_timestamp,
    }


def _codec_terms(codecs: Sequence[Codec]) -> "list[CodecTerms]":
    return [
        {
            "payload_type": codec.payload_type,
            "rtx_payload_type": -1 if codec.rtx_payload_type is None else codec.rtx_payload_type,
            "coding": _CODINGS.get(codec.name, 0),
            "clock_rate": codec.clock_rate,
            "format": _format(codec),
        }
        for codec in codecs
    ]


def _format(codec: Codec) -> str:
    """What makes two codecs the same to a decoder: of H.264 its profile and packetization mode too
    (RFC 6184 8.2.2)."""
    if codec.name != "H264":
        return codec.name
    profile = codec.parameters.get("profile-level-id", "")[:4].lower()
    return f"H264/{profile}/{codec.parameters.get('packetization-mode', '0')}"
