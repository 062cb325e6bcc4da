"""Many connected WebRTC clients that send and receive on one thread without the GIL (`native/`)."""

import ctypes
import itertools
import secrets
import socket
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from pylibsrtp import Session

from bench.load.description import Track
from bench.native import Srtp, compiled, pointer

VIDEO_RATE, AUDIO_RATE = 150, 50  # packets/s: 30 frames of 5 packets, 20 ms of Opus
VIDEO_BYTES, AUDIO_BYTES = 1100, 80
VIDEO_PACKETS_A_FRAME = 5
VIDEO_STEP, AUDIO_STEP = 3000, 960  # of the RTP timestamp, a frame
_MAX_EXTENSION = 64
_SOURCES = sorted((Path(__file__).parent / "native").glob("*.[ch]"))


class Wire(Protocol):
    """A connected client: its socket, and the SRTP sessions that ICE and DTLS ended in."""

    socket: socket.socket

    @property
    def send(self) -> Session: ...
    @property
    def receive(self) -> Session: ...


class Figures(ctypes.Structure):
    """What happened in some time: `struct figures` of native/load.h."""

    sent: int
    forwarded: int
    """RTP packets that came from the server, those then lost on purpose included."""
    received_octets: int
    control_received: int
    retransmitted: int
    nacks_sent: int
    keyframes_asked: int
    unreadable: int
    lost_up: int
    """On purpose, before the server; with RTCP."""
    lost_down: int
    send_failed: int
    delay_p50_us: int
    """From just before a packet was encrypted to its arrival in the other client's socket."""
    delay_p99_us: int
    cpu_ns: int
    wall_ns: int
    _fields_ = tuple((name, ctypes.c_uint64) for name in __annotations__)


class _StreamSettings(ctypes.Structure):
    """`struct stream_settings`."""

    _fields_ = (
        ("ssrc", ctypes.c_uint32),
        ("rtx_ssrc", ctypes.c_uint32),
        ("payload_type", ctypes.c_uint32),
        ("rtx_payload_type", ctypes.c_uint32),
        ("video", ctypes.c_uint32),
        ("packets_per_second", ctypes.c_uint32),
        ("payload_size", ctypes.c_uint32),
        ("packets_a_frame", ctypes.c_uint32),
        ("timestamp_step", ctypes.c_uint32),
        ("extension_length", ctypes.c_uint32),
        ("send_time_at", ctypes.c_uint32),
        ("transport_sequence_at", ctypes.c_uint32),
        ("extension", ctypes.c_uint8 * _MAX_EXTENSION),
    )


def _settings(track: Track) -> _StreamSettings:
    extension = track.header_extension()
    video = track.kind == "video"
    return _StreamSettings(
        ssrc=track.ssrc,
        rtx_ssrc=track.rtx_ssrc,
        payload_type=track.payload_type,
        rtx_payload_type=track.rtx_payload_type,
        video=video,
        packets_per_second=VIDEO_RATE if video else AUDIO_RATE,
        payload_size=VIDEO_BYTES if video else AUDIO_BYTES,
        packets_a_frame=VIDEO_PACKETS_A_FRAME if video else 1,
        timestamp_step=VIDEO_STEP if video else AUDIO_STEP,
        extension_length=len(extension.data),
        send_time_at=extension.send_time_at,
        transport_sequence_at=extension.transport_sequence_at,
        extension=(ctypes.c_uint8 * _MAX_EXTENSION)(*extension.data),
    )


class Generator:
    """Owns the clients that were added. `run` may be called in a thread, but nothing else meanwhile."""

    def __init__(self) -> None:
        self._native = _library()
        self._generator = ctypes.c_void_p(self._native.generator_new(ctypes.byref(Srtp.of_pylibsrtp())))
        self._wires: list[Wire] = []  # own the sockets and libsrtp sessions that the thread uses

    def add(self, wire: Wire, consent: bytes, tracks: Sequence[Track]) -> None:
        """A client that sends `tracks` and repeats `consent`, a connectivity check, if there is one.

        Raises ValueError for too many clients or tracks.
        """
        client = self._native.generator_add_client(
            self._generator, wire.socket.fileno(), pointer(wire.send), pointer(wire.receive), consent, len(consent)
        )
        settings = [_settings(track) for track in tracks]
        if client < 0 or any(
            self._native.generator_add_stream(self._generator, client, ctypes.byref(s)) for s in settings
        ):
            raise ValueError("too many clients or tracks for the load generator")
        self._wires.append(wire)

    def set_loss(self, fraction: float) -> None:
        """Lose that part of the packets sent and of those received, at random but the same in every run."""
        self._native.generator_set_loss(self._generator, round(fraction * 1000))

    def run(self, seconds: float) -> None:
        """Send and receive in real time."""
        self._native.generator_run(self._generator, seconds)

    def take(self) -> Figures:
        """All since the last call."""
        figures = Figures()
        self._native.generator_take(self._generator, ctypes.byref(figures))
        return figures

    def close(self) -> None:
        """Close the clients' sockets; no client says goodbye."""
        self._native.generator_free(self._generator)
        for wire in self._wires:
            wire.socket.close()


def _library() -> Any:
    library = compiled("load", _SOURCES)
    pointer_type, integer = ctypes.c_void_p, ctypes.c_int
    library.generator_new.restype = pointer_type
    library.generator_add_client.argtypes = [
        pointer_type, integer, pointer_type, pointer_type, ctypes.c_char_p, integer
    ]  # fmt: skip
    library.generator_run.argtypes = [pointer_type, ctypes.c_double]
    return library


_ssrcs = itertools.count(secrets.randbits(30) | 1)


def new_ssrc() -> int:
    """One that no other track of this process has."""
    return next(_ssrcs)
