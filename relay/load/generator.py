"""Many connected WebRTC clients that send
and receive on one thread without the GIL (the C files beside this).
"""

import itertools
import secrets
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from pylibsrtp import Session
from pylibsrtp._binding import ffi, lib

from relay.engine import session_pointer
from relay.load import _load
from relay.load.description import Track

VIDEO_RATE, AUDIO_RATE = 150, 50  # packets/s: 30 frames of 5 packets, 20 ms of Opus
VIDEO_BYTES, AUDIO_BYTES = 1100, 80
VIDEO_PACKETS_A_FRAME = 5
VIDEO_STEP, AUDIO_STEP = 3000, 960  # of the RTP timestamp, a frame
LONGEST_DELAY_US = 2_000_000
_LIBSRTP = ("srtp_protect", "srtp_unprotect", "srtp_protect_rtcp", "srtp_unprotect_rtcp")


class Wire(Protocol):
    """A connected client: its socket, and the SRTP sessions that ICE and DTLS ended in."""

    socket: socket.socket

    @property
    def send(self) -> Session: ...
    @property
    def receive(self) -> Session: ...


@dataclass(frozen=True)
class Figures:
    """What happened in some time."""

    sent: int = 0
    """RTP packets, those then lost on purpose included; without retransmissions."""
    forwarded: int = 0
    """RTP packets that came from the server and could be decrypted, each once; those lost on
    purpose right before decryption and retransmissions (`repaired`) included.
    """
    repeated: int = 0
    """Datagrams that had come before: a server may send sound twice."""
    repaired: int = 0
    received_octets: int = 0
    retransmitted: int = 0
    """To the server, which had asked."""
    nacks_sent: int = 0
    keyframes_asked: int = 0
    unreadable: int = 0
    lost_up: int = 0
    """On purpose, before the server; with RTCP."""
    lost_down: int = 0
    send_failed: int = 0
    delay_p50_us: int = 0
    """From just before a packet was encrypted to its arrival in the other client's socket; whole ms
    from 20 ms on, LONGEST_DELAY_US for all from there on, 0 if none was measured.
    """
    delay_p99_us: int = 0
    cpu_ns: int = 0
    """Of the generator's thread."""
    wall_ns: int = 0


class Generator:
    """Owns the clients that were added.

    `run` may be called in a thread; meanwhile all else raises RuntimeError.
    """

    def __init__(self) -> None:
        self._native = _load.Generator(*map(_address, _LIBSRTP))
        self._wires: list[Wire] = []  # own the sockets and libsrtp sessions that the thread uses

    def add(self, wire: Wire, consent: bytes, tracks: Sequence[Track]) -> None:
        """A client that sends `tracks` and repeats `consent`, a connectivity check,
        if there is one.

        Raises ValueError for too many clients or tracks.
        """
        self._wires.append(wire)
        send, receive = session_pointer(wire.send), session_pointer(wire.receive)
        client = self._native.add_client(wire.socket.fileno(), send, receive, consent)
        for track in tracks:
            self._add_track(client, track)

    def _add_track(self, client: int, track: Track) -> None:
        extension, video = track.header_extension(), track.kind == "video"
        self._native.add_stream(
            client,
            ssrc=track.ssrc,
            rtx_ssrc=track.rtx_ssrc,
            payload_type=track.payload_type,
            rtx_payload_type=track.rtx_payload_type,
            video=video,
            packets_per_second=VIDEO_RATE if video else AUDIO_RATE,
            payload_size=VIDEO_BYTES if video else AUDIO_BYTES,
            packets_a_frame=VIDEO_PACKETS_A_FRAME if video else 1,
            timestamp_step=VIDEO_STEP if video else AUDIO_STEP,
            send_time_at=extension.send_time_at,
            transport_sequence_at=extension.transport_sequence_at,
            extension=extension.data,
        )

    def set_loss(self, fraction: float, *, repair: bool | None = None) -> None:
        """Lose that part of the packets sent and of those received, at random
        but the same in every run.

        `repair`: ask the server for video that is missing. Left to itself only where something is
        lost on purpose.
        """
        self._native.lose(round(fraction * 1000), fraction > 0 if repair is None else repair)

    def run(self, seconds: float) -> None:
        """Send and receive in real time."""
        self._native.run(seconds)

    def drain(self, seconds: float) -> None:
        """Only receive what is on its way. The time counts as none."""
        self._native.drain(seconds)

    def take(self) -> Figures:
        """All since the last call."""
        return Figures(**self._native.take())

    def begin_total(self) -> None:
        """Forget all that was counted."""
        self._native.begin_total()

    def total(self) -> Figures:
        """All since `begin_total`; `take` begins anew, too."""
        return Figures(**self._native.total())

    def close(self) -> None:
        """Close the clients' sockets; no client says goodbye."""
        self._native.close()
        for wire in self._wires:
            wire.socket.close()


def _address(function: str) -> int:
    return int(ffi.cast("uintptr_t", ffi.addressof(lib, function)))


_ssrcs = itertools.count(secrets.randbits(30) | 1)


def new_ssrc() -> int:
    """One that no other track of this process has."""
    return next(_ssrcs)
