"""The one UDP port that all peers share, and the sorting of what arrives on it (RFC 7983).

Nothing reaches DTLS or SRTP code unless its length and first byte fit and it comes from an address that passed an
authenticated connectivity check: aiortc and pylibsrtp fail badly on input that no browser would send.
"""

import asyncio
import ipaddress
import socket
from collections import Counter
from collections.abc import Callable
from time import monotonic

from relay.negotiation.credentials import IceCredentials
from relay.transport.stun import Address, Check, respond

MAX_DATAGRAM_BYTES = 1500
MIN_DTLS_BYTES = 13  # a record header (RFC 6347 4.1)
MIN_MEDIA_BYTES = 12  # an RTP header; the shortest SRTCP packet is longer
MAX_ADDRESSES = 16
"""Addresses a peer may be known by at once: each network interface and TURN server of the browser makes one."""
CONSENT_SECONDS = 10.0
"""An address with no check for so long may pass to another peer. Browsers check each 2.5 to 6 s."""

# Firefox renews consent each 4 to 6 s without USE-CANDIDATE (measured), so a NAT rebinding shows only as checks from
# elsewhere while the address in use is silent. Chromium nominates again with each check, at least each 2.7 s.
_REBINDING_SECONDS = 3.5

# Room for the keyframes of several calls at once. Linux grants at most net.core.rmem_max, commonly 208 kB.
_SOCKET_BUFFER_BYTES = 4 << 20
# Datagrams handled before other tasks of the loop get a turn; about 2 ms of forwarding.
_READS_PER_WAKEUP = 64


class Link:
    """One peer's way through the port: its credentials, the addresses that passed a check, the one in use."""

    def __init__(self, port: "Port") -> None:
        self.address: Address | None = None
        """Where the peer is sent to: where it nominated last; before that, or if it fell silent there, where it
        checked last."""
        self.last_check: float | None = None
        """time.monotonic of the last authenticated check."""
        self.receive_dtls: Callable[[bytes], bool] = _nobody
        """Takes each DTLS datagram of the peer; false if there was no room for it."""
        self._port = port
        self._ufrags: list[str] = []
        self._nominated = False
        self._confirmed = 0.0  # the last check from `address`

    def accept(self, credentials: IceCredentials) -> None:
        """Answer checks with these local credentials.

        The ones before them stay good as well, because the browser keeps the old path until the restart has found a
        new one (RFC 8445 2.4); older ones do not.
        """
        if credentials.ufrag in self._ufrags:
            return
        self._ufrags.append(credentials.ufrag)
        self._port.admit(self, credentials)
        while len(self._ufrags) > 2:
            self._port.dismiss(self._ufrags.pop(0))

    def send(self, datagram: bytes) -> bool:
        """Send to the peer's address in use; false if it was dropped."""
        return self.address is not None and self._port.send(datagram, self.address)

    def close(self) -> None:
        """Forget the peer: nothing is received from it or sent to it any more."""
        while self._ufrags:
            self._port.dismiss(self._ufrags.pop())
        self.address = None
        self._port.forget(self)

    def checked(self, address: Address, nominated: bool, now: float) -> None:
        """A check from `address` was authenticated."""
        self.last_check = now
        silent = now - self._confirmed > _REBINDING_SECONDS
        if nominated or silent or not self._nominated:
            self.address = address
        if address == self.address:
            self._confirmed = now
        self._nominated = self._nominated or nominated


def _nobody(_datagram: bytes) -> bool:
    return False


class Port:
    """One bound UDP socket and the peers behind it."""

    def __init__(self, udp: socket.socket, receive: Callable[[Link, bytes, float], None]) -> None:
        self.number: int = udp.getsockname()[1]
        self.dropped: Counter[str] = Counter()
        """Datagrams dropped, received or to be sent, by reason."""
        self._credentials: dict[str, tuple[Link, str]] = {}  # local username fragment → whose it is, and the password
        self._checked: dict[Address, tuple[Link, float]] = {}  # with the time of the last check
        self._socket = udp
        self._receive = receive
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(udp.fileno(), self._readable)

    @classmethod
    async def open(cls, host: str, port: int, receive: Callable[[Link, bytes, float], None]) -> "Port":
        """Bind `host` (an IPv4 or IPv6 address; `::` is both) and `port` (0 = any). Raises OSError.

        `receive` is called with each RTP or RTCP datagram (12 to 1500 bytes) of a known peer and its arrival in
        seconds of time.monotonic.
        """
        return cls(_bind(host, port), receive)

    def link(self) -> Link:
        """A way through the port for one more peer."""
        return Link(self)

    def admit(self, link: Link, credentials: IceCredentials) -> None:
        """Checks with these credentials are the link's."""
        self._credentials[credentials.ufrag] = (link, credentials.pwd)

    def dismiss(self, ufrag: str) -> None:
        """Checks with this local username fragment are nobody's."""
        self._credentials.pop(ufrag, None)

    def forget(self, link: Link) -> None:
        """Drop the addresses of a link."""
        self._checked = {address: known for address, known in self._checked.items() if known[0] is not link}

    def send(self, datagram: bytes, address: Address) -> bool:
        """Send at once or not at all: media that waits is media too late."""
        try:
            self._socket.sendto(datagram, address)
        except BlockingIOError:
            self.dropped["send_buffer_full"] += 1
        except OSError:
            self.dropped["send_failed"] += 1
        else:
            return True
        return False

    async def close(self) -> None:
        """Close the socket."""
        self._loop.remove_reader(self._socket.fileno())
        self._socket.close()

    def _readable(self) -> None:
        # Several reads a wakeup, straight from the socket: measured a little cheaper than uvloop's datagram endpoint,
        # and a full send buffer stays visible, where an endpoint would queue without bound.
        for _ in range(_READS_PER_WAKEUP):
            try:
                datagram, address = self._socket.recvfrom(MAX_DATAGRAM_BYTES + 1)
            except BlockingIOError:
                return
            except OSError:  # such as an ICMP error for an earlier send
                self.dropped["receive_failed"] += 1
                return
            # Not the loop's time: uvloop's counts milliseconds, and transport-wide feedback needs a quarter of one.
            self._sort(datagram, address, monotonic())

    def _sort(self, datagram: bytes, address: Address, now: float) -> None:
        length = len(datagram)
        if not 0 < length <= MAX_DATAGRAM_BYTES:
            self.dropped["length"] += 1
            return
        first = datagram[0]
        if 128 <= first < 192:
            known = self._checked.get(address)
            if known is None or length < MIN_MEDIA_BYTES:
                self.dropped["length" if known else "unknown_address"] += 1
            else:
                self._receive(known[0], datagram, now)
        elif first < 4:
            self._stun(datagram, address, now)
        elif 20 <= first < 64:
            self._dtls(datagram, address)
        else:
            self.dropped["first_byte"] += 1

    def _dtls(self, datagram: bytes, address: Address) -> None:
        known = self._checked.get(address)
        if known is None:
            self.dropped["unknown_address"] += 1
        elif len(datagram) < MIN_DTLS_BYTES:
            self.dropped["length"] += 1
        elif not known[0].receive_dtls(datagram):
            self.dropped["dtls_queue_full"] += 1

    def _stun(self, datagram: bytes, address: Address, now: float) -> None:
        outcome = respond(datagram, address, self._password)
        if not isinstance(outcome, Check):
            self.dropped[outcome.reason] += 1
            if outcome.response is not None:
                self.send(outcome.response, address)
            return
        link = self._credentials[outcome.ufrag][0]
        if self._admit_address(link, address, now):
            self.send(outcome.response, address)
            link.checked(address, outcome.nominated, now)
        else:
            self.dropped["address_taken"] += 1

    def _password(self, ufrag: str) -> str | None:
        known = self._credentials.get(ufrag)
        return known[1] if known else None

    def _admit_address(self, link: Link, address: Address, now: float) -> bool:
        """Whether `address` may speak for `link`. A peer cannot take a living address from another by forging it."""
        known = self._checked.get(address)
        if known is not None and known[0] is not link and now - known[1] < CONSENT_SECONDS:
            return False
        if known is None or known[0] is not link:
            self._make_room(link)
        self._checked[address] = (link, now)
        return True

    def _make_room(self, link: Link) -> None:
        others = [(time, address) for address, (owner, time) in self._checked.items() if owner is link]
        if len(others) >= MAX_ADDRESSES:
            del self._checked[min(others, key=lambda other: other[0])[1]]


def _bind(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ipaddress.ip_address(host).version == 6 else socket.AF_INET
    udp = socket.socket(family, socket.SOCK_DGRAM)
    try:
        udp.setblocking(False)
        if family == socket.AF_INET6:
            udp.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        udp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _SOCKET_BUFFER_BYTES)
        udp.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SOCKET_BUFFER_BYTES)
        udp.bind((host, port))
    except OSError:
        udp.close()
        raise
    return udp
