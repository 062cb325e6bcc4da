"""The one UDP port that all peers share: who may send from where, and what is not media (STUN,
DTLS).

The engine's thread receives on the socket and keeps the media. It hands STUN to Python, and DTLS
from the addresses that it was told of: nothing reaches DTLS or SRTP code unless its length and
first byte fit (RFC 7983) and it comes from an address that passed an authenticated connectivity
check. aiortc fails badly on input that no browser would send.
"""

import asyncio
import ipaddress
import socket
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from struct import pack
from time import monotonic
from typing import Protocol, TypeAlias

from relay.negotiation.credentials import IceCredentials
from relay.transport.stun import Address, Check, respond

MIN_DTLS_BYTES = 13  # a record header (RFC 6347 4.1)
MAX_ADDRESSES = 16
"""Addresses a peer may be known by at once: each network interface
and TURN server of the browser makes one.
"""
MAX_CHECKS = 4096
"""Transaction ids remembered of each peer, 12 octets and an address each. Chromium makes about 1500
an hour for a settled path, Firefox fewer.
"""
CLAIM_SECONDS = 10.0
"""An address with no check for so long may pass to another peer.

Browsers check every 2.5 to 6 s.
"""
CONSENT_SECONDS = 30.0
"""To an address with no check for so long nothing is sent (RFC 7675 5.1):
nobody there asks for it.
"""
CONSENT_INTERVAL = 0.5
"""Seconds between looks for consent that has expired."""

# Firefox renews consent each 4 to 6 s without USE-CANDIDATE (measured), so a NAT rebinding shows
# only as checks from elsewhere while the address in use is silent. Chromium nominates again with
# each check, at least each 2.7 s.
_REBINDING_SECONDS = 3.5

WANTED_BUFFER_BYTES = 16 << 20
"""Of a socket each way: over 0.1 s of all that an engine thread can forward.

Linux counts 2 kB for a packet. It grants at most net.core.rmem_max and wmem_max, commonly 208 kB,
or with CAP_NET_ADMIN what is asked for.
"""
_LEAST_BUFFER_BYTES = 64 << 10  # where less than that is refused, a socket stays as it was opened
# SO_RCVBUFFORCE and SO_SNDBUFFORCE; Python has no names for them.
_FORCED = {socket.SO_RCVBUF: 33, socket.SO_SNDBUF: 32}
# Checks answered before other tasks of the loop get a turn; about 5 ms.
_DATAGRAMS_PER_TURN = 64


_IP_PKTINFO = 8  # on Linux, which alone tells; Python 3.11 has no name for it

Local: TypeAlias = str | None
"""The address of ours that was asked, from which answers have to leave; none
where the socket is bound to one.
"""


class Engine(Protocol):
    """What the port needs of relay.engine.Engine; see there."""

    @property
    def event_fd(self) -> int: ...
    def bind(self, address: Address, peer: int) -> None: ...
    def direct(self, peer: int, address: Address | None, local: Local = None) -> None: ...
    def datagrams(self, most: int) -> Sequence[tuple[int, Address, Local, bytes]]: ...
    def start(self) -> None: ...
    def close(self) -> None: ...


class Link:
    """One peer's way through the port: its credentials, the addresses that passed a check,
    the one in use.
    """

    def __init__(self, port: "Port", key: int) -> None:
        self.key = key
        """The peer in the engine."""
        self.address: Address | None = None
        """Where the peer is sent to: where it nominated last; before that, or if it fell silent
        there, where it checked last.
        """
        self.local: Local = None
        """From where."""
        self.last_check: float | None = None
        """time.monotonic of the last authenticated check."""
        self.receive_dtls: Callable[[bytes], bool] = _nobody
        """Takes each DTLS datagram of the peer; false if there was no room for it."""
        self._port = port
        self._ufrags: list[str] = []
        # Transaction id → where it came from first, oldest first.
        self._sources: dict[bytes, Address] = {}
        self._nominated = False
        self._confirmed = 0.0  # the last check from `address`

    def accept(self, credentials: IceCredentials) -> None:
        """Answer checks with these local credentials.

        The ones before them stay good as well, because the browser keeps the old path until the
        restart has found a new one (RFC 8445 2.4); older ones do not.
        """
        if credentials.ufrag in self._ufrags:
            return
        self._ufrags.append(credentials.ufrag)
        self._port.admit(self, credentials)
        while len(self._ufrags) > 2:
            self._port.dismiss(self._ufrags.pop(0))

    def send(self, datagram: bytes) -> bool:
        """Send to the peer's address in use; false if it was dropped."""
        if self.address is None:
            self.drop("no_consent")
            return False
        return self._port.send(datagram, self.address, self.local)

    def drop(self, reason: str) -> None:
        """Count a datagram from or to the peer that came to nothing."""
        self._port.dropped[reason] += 1

    def close(self) -> None:
        """Forget the peer: nothing is received from it or sent to it any more."""
        while self._ufrags:
            self._port.dismiss(self._ufrags.pop())
        self.address = None
        self._port.forget(self)

    def replayed(self, transaction_id: bytes, address: Address) -> bool:
        """Whether this authenticated check came from elsewhere before.
        It is remembered from now on.

        MESSAGE-INTEGRITY does not cover the source address, so whoever overhears a check could
        repeat it from their own. A browser that moves makes a new transaction; one that retransmits
        does so from the same address.
        """
        first = self._sources.setdefault(
            transaction_id, self.address if address == self.address else address
        )
        if len(self._sources) > MAX_CHECKS:
            del self._sources[next(iter(self._sources))]
        return first != address

    def checked(self, address: Address, local: Local, nominated: bool, now: float) -> None:
        """A check from `address` to `local` was authenticated."""
        self.last_check = now
        silent = now - self._confirmed > _REBINDING_SECONDS
        another = (address, local) != (self.address, self.local)
        if another and (nominated or silent or not self._nominated):
            self.address, self.local = address, local
            self._port.direct(self, address, local)
        if (address, local) == (self.address, self.local):
            self._confirmed = now
        self._nominated = self._nominated or nominated

    def expire(self, now: float) -> None:
        """Send nothing more to an address whose consent has expired, until a check comes again."""
        if self.address is not None and now - self._confirmed > CONSENT_SECONDS:
            self.address = None
            self._port.direct(self, None, None)


def _nobody(_datagram: bytes) -> bool:
    return False


class Port:
    """One bound UDP socket with its engine, and the peers behind it."""

    def __init__(self, udp: socket.socket, engine: Engine, media_waits: Callable[[], None]) -> None:
        """Serve a blocking socket.

        `media_waits` is called when the engine has something for the taps.
        """
        self.number: int = udp.getsockname()[1]
        self.dropped: Counter[str] = Counter()
        """Datagrams dropped here, received or to be sent, by reason; the engine counts its own."""
        # Local username fragment → whose it is, and the password.
        self._credentials: dict[str, tuple[Link, str]] = {}
        self._checked: dict[Address, tuple[Link, float]] = {}  # with the time of the last check
        self._socket = udp
        self._engine = engine
        self._media_waits = media_waits
        self._closed = False
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(engine.event_fd, self._readable)
        self._timer = self._loop.call_later(CONSENT_INTERVAL, self._expire)
        engine.start()

    def link(self, key: int) -> Link:
        """A way through the port for one more peer of the engine."""
        return Link(self, key)

    def direct(self, link: Link, address: Address | None, local: Local) -> None:
        """Send the link's media there; nowhere with none."""
        self._engine.direct(link.key, address, local)

    def admit(self, link: Link, credentials: IceCredentials) -> None:
        """Checks with these credentials are the link's."""
        self._credentials[credentials.ufrag] = (link, credentials.pwd)

    def dismiss(self, ufrag: str) -> None:
        """Checks with this local username fragment are nobody's."""
        self._credentials.pop(ufrag, None)

    def forget(self, link: Link) -> None:
        """Drop the addresses of a link."""
        for address in [address for address, (owner, _) in self._checked.items() if owner is link]:
            self._unbind(address)
        self._engine.direct(link.key, None)

    def _unbind(self, address: Address) -> None:
        del self._checked[address]
        self._engine.bind(address, 0)

    def send(self, datagram: bytes, address: Address, local: Local = None) -> bool:
        """Send at once or not at all, because the loop must not wait."""
        try:
            self._socket.sendmsg((datagram,), _leaving_from(local), socket.MSG_DONTWAIT, address)
        except BlockingIOError:
            self.dropped["send_buffer_full"] += 1
        except OSError:
            self.dropped["send_failed"] += 1
        else:
            return True
        return False

    async def close(self) -> None:
        """Stop the engine and close the socket."""
        self._closed = True
        self._timer.cancel()
        self._loop.remove_reader(self._engine.event_fd)
        await asyncio.to_thread(self._engine.close)  # it waits for its thread
        self._socket.close()

    def _expire(self) -> None:
        self._timer = self._loop.call_later(CONSENT_INTERVAL, self._expire)
        now = monotonic()
        for link in {link for link, _ in self._credentials.values()}:
            link.expire(now)

    def _readable(self) -> None:
        if self._closed:
            return
        datagrams = self._engine.datagrams(_DATAGRAMS_PER_TURN)
        for _, address, local, datagram in datagrams:
            if datagram[0] < 4:
                self._stun(datagram, address, local, monotonic())
            else:
                self._dtls(datagram, address)
        if len(datagrams) == _DATAGRAMS_PER_TURN:
            self._loop.call_soon(self._readable)
        self._media_waits()

    def _dtls(self, datagram: bytes, address: Address) -> None:
        known = self._checked.get(address)
        if known is None:
            self.dropped["unknown_address"] += 1
        elif len(datagram) < MIN_DTLS_BYTES:
            self.dropped["length"] += 1
        elif not known[0].receive_dtls(datagram):
            self.dropped["dtls_queue_full"] += 1

    def _stun(self, datagram: bytes, address: Address, local: Local, now: float) -> None:
        outcome = respond(datagram, address, self._password)
        if not isinstance(outcome, Check):
            self.dropped[outcome.reason] += 1
            if outcome.response is not None:
                self.send(outcome.response, address, local)
            return
        link = self._credentials[outcome.ufrag][0]
        if link.replayed(outcome.transaction_id, address):
            self.dropped["stun_replayed"] += 1
        elif self._admit_address(link, address, now):
            self.send(outcome.response, address, local)
            link.checked(address, local, outcome.nominated, now)
        else:
            self.dropped["address_taken"] += 1

    def _password(self, ufrag: str) -> str | None:
        known = self._credentials.get(ufrag)
        return known[1] if known else None

    def _admit_address(self, link: Link, address: Address, now: float) -> bool:
        """Whether `address` may speak for `link`.

        A peer cannot take a living address from another by forging it.
        """
        known = self._checked.get(address)
        if known is not None and known[0] is not link and now - known[1] < CLAIM_SECONDS:
            return False
        if known is None or known[0] is not link:
            self._make_room(link)
            self._engine.bind(address, link.key)
        self._checked[address] = (link, now)
        return True

    def _make_room(self, link: Link) -> None:
        others = [
            (time, address) for address, (owner, time) in self._checked.items() if owner is link
        ]
        if len(others) >= MAX_ADDRESSES:
            self._unbind(min(others, key=lambda other: other[0])[1])


def _leaving_from(local: Local) -> list[tuple[int, int, bytes]]:
    """Control data that makes a datagram leave from there (ip(7), RFC 3542 6.2),
    whatever the interface.
    """
    if local is None:
        return []
    octets = ipaddress.ip_address(local).packed
    if len(octets) == 4:
        return [(socket.IPPROTO_IP, _IP_PKTINFO, pack("=I4s4s", 0, octets, bytes(4)))]
    return [(socket.IPPROTO_IPV6, socket.IPV6_PKTINFO, octets + bytes(4))]


def _give_room(udp: socket.socket, option: int) -> None:
    """As much as the system gives: others
    than Linux refuse what is too much instead of giving less.
    """
    size = WANTED_BUFFER_BYTES
    while size > _LEAST_BUFFER_BYTES and not _takes(udp, option, size):
        size //= 2
    if sys.platform == "linux":
        _takes(udp, _FORCED[option], WANTED_BUFFER_BYTES)


def _takes(udp: socket.socket, option: int, value: int) -> bool:
    with suppress(OSError):
        udp.setsockopt(socket.SOL_SOCKET, option, value)
        return True
    return False


def bind(host: str, port: int) -> socket.socket:
    """A blocking UDP socket on an IPv4 or IPv6 address (`::` is both) and port (0 = any).

    Raises OSError.
    """
    family = socket.AF_INET6 if ipaddress.ip_address(host).version == 6 else socket.AF_INET
    udp = socket.socket(family, socket.SOCK_DGRAM)
    try:
        if family == socket.AF_INET6:
            udp.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        for option in _FORCED:
            _give_room(udp, option)
        udp.bind((host, port))
    except OSError:
        udp.close()
        raise
    return udp
