"""A network path with a bottleneck, without privileges or kernel modules:
a UDP proxy in front of the relay.

The kernel's netem is not built into every kernel and needs a namespace; this drops and delays as it
does: what comes from the relay waits in a queue that drains at a rate, and what the queue cannot
hold is lost.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import cast

QUEUE_SECONDS = 0.3
"""What a home router holds back before it drops."""
_UDP_IP_BYTES = 28


class SlowLink:
    """One client's path to the relay. The client uses `port` in place of the relay's."""

    def __init__(self, rate_bps: float) -> None:
        self.rate_bps = rate_bps
        """Towards the client."""
        self.port = 0
        self._free_at = 0.0
        self._client: tuple[str, int] | None = None

    async def open(self, relay_port: int) -> "SlowLink":
        """Bind a port on every interface, for Firefox uses no loopback."""
        loop = asyncio.get_running_loop()
        self._near, _ = await loop.create_datagram_endpoint(lambda: _Side(self._up), ("0.0.0.0", 0))
        self._far, _ = await loop.create_datagram_endpoint(
            lambda: _Side(self._down), remote_addr=("127.0.0.1", relay_port)
        )
        self.port = cast("int", self._near.get_extra_info("sockname")[1])
        return self

    def _up(self, datagram: bytes, address: tuple[str, int]) -> None:
        self._client = address
        self._far.sendto(datagram)

    def _down(self, datagram: bytes, _address: tuple[str, int]) -> None:
        loop = asyncio.get_running_loop()
        begin = max(loop.time(), self._free_at)
        if begin - loop.time() > QUEUE_SECONDS:
            return
        self._free_at = begin + (len(datagram) + _UDP_IP_BYTES) * 8 / self.rate_bps
        loop.call_at(self._free_at, self._deliver, datagram)

    def _deliver(self, datagram: bytes) -> None:
        if not self._near.is_closing():
            self._near.sendto(datagram, self._client)

    def close(self) -> None:
        """Both sockets; what is under way is lost."""
        with suppress(AttributeError):
            self._near.close()
            self._far.close()


class _Side(asyncio.DatagramProtocol):
    def __init__(self, receive: Callable[[bytes, tuple[str, int]], None]) -> None:
        self._receive = receive

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self._receive(data, addr)
