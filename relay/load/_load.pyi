# ruff: noqa: PYI021  the stub is where this API is told
"""The C of the load generator.

RuntimeError while `run` or `drain` works in a thread, ValueError after `close`.
"""

from typing import TypedDict

class FiguresDict(TypedDict):
    """See relay.load.generator.Figures."""

    sent: int
    forwarded: int
    repeated: int
    repaired: int
    received_octets: int
    retransmitted: int
    nacks_sent: int
    keyframes_asked: int
    unreadable: int
    lost_up: int
    lost_down: int
    send_failed: int
    delay_p50_us: int
    delay_p99_us: int
    cpu_ns: int
    wall_ns: int

class Generator:
    """Clients, and the loop that sends and receives for them."""

    def __init__(
        self, protect: int, unprotect: int, protect_rtcp: int, unprotect_rtcp: int
    ) -> None:
        """Addresses of libsrtp's functions."""

    def add_client(self, fd: int, send: int, receive: int, consent: bytes, /) -> int:
        """Its index. Socket and libsrtp sessions (addresses) stay the caller's, who keeps them
        until `close`.

        `consent` is repeated each 2.5 s, if it is not empty. Raises ValueError for too many.
        """

    def add_stream(
        self,
        client: int,
        *,
        ssrc: int,
        rtx_ssrc: int,
        payload_type: int,
        rtx_payload_type: int,
        video: bool,
        packets_per_second: int,
        payload_size: int,
        packets_a_frame: int,
        timestamp_step: int,
        send_time_at: int,
        transport_sequence_at: int,
        extension: bytes,
    ) -> None:
        """VP8 or Opus. `rtx_ssrc` 0: none; `…_at`: where in `extension` to write, 0: nowhere.

        Raises ValueError for too many.
        """

    def lose(self, per_mille: int, repairing: bool, /) -> None:
        """Lose so many packets of a thousand in each direction; ask for what is missing or not."""

    def run(self, seconds: float, /) -> None:
        """Send and receive in real time, without the GIL."""

    def drain(self, seconds: float, /) -> None:
        """Receive only, without the GIL: what is on its way arrives. The time counts as none."""

    def take(self) -> FiguresDict:
        """All since the last `take`, `total` or `begin_total`."""

    def total(self) -> FiguresDict:
        """All since `begin_total`, or since the generator was made."""

    def begin_total(self) -> None:
        """Forget all that was counted."""

    def close(self) -> None:
        """Free all."""
