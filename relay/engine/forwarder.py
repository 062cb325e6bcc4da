"""The Forwarder on the native engine: keeps what Python objects are about and hands the rest down."""

import random
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import pylibsrtp
from pylibsrtp._binding import ffi

from relay.engine import Engine
from relay.media import Codec, Slot, Uplink
from relay.negotiation.formats import ABS_SEND_TIME_EXTENSION, MID_EXTENSION, TRANSPORT_CC_EXTENSION
from relay.tap import Tap

if TYPE_CHECKING:
    from relay.engine._engine import CodecTuple, SlotTuple, TapItem, UplinkTuple

_CODINGS = {"VP8": 1, "H264": 2}


def _format(codec: Codec) -> str:
    """What makes two codecs the same to a decoder; H.264 by profile and packetization mode (RFC 6184 8.2.2)."""
    if codec.name != "H264":
        return codec.name
    profile = codec.parameters.get("profile-level-id", "")[:4].lower()
    return f"H264/{profile}/{codec.parameters.get('packetization-mode', '0')}"


def _codecs(codecs: Sequence[Codec]) -> "list[CodecTuple]":
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


def _pointer(session: pylibsrtp.Session) -> int:
    return int(ffi.cast("uintptr_t", session._srtp[0]))  # noqa: SLF001  the only way to the libsrtp session
