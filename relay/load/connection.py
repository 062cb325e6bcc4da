"""One WebRTC client's ICE and DTLS over a UDP socket of its own, up to the two SRTP sessions."""

import asyncio
import ipaddress
import secrets
import socket
from contextlib import suppress

from aioice import stun
from pylibsrtp import Session

from relay.load.description import Transport
from relay.negotiation.credentials import Fingerprint
from relay.transport.dtls import Certificate, shake_hands

CHECK_INTERVAL = 0.1  # s between connectivity checks until one is answered
FIRST_FLIGHT = 0.05  # s until a DTLS flight is sent again; then twice as long, and so on
TIMEOUT = 20.0  # s for ICE and DTLS together
PROFILE = "SRTP_AEAD_AES_256_GCM"
IPV4_MAPPED = "::ffff:"


def any_address() -> str:
    """What to bind to for a server that may be anywhere: IPv4 and, where this machine has it,
    IPv6.
    """
    # This only sends; ICE tells whom to hear.
    return "::" if socket.has_dualstack_ipv6() else "0.0.0.0"  # noqa: S104


class _Pipe:
    """DTLS datagrams of a connected socket.

    Sends a flight again after 50 ms, as Chromium does. OpenSSL's own timer takes a second, and
    Janus would bring that about each time: it drops a ClientHello that comes within some 20 ms of
    the first check (measured).
    """

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        self.datagrams: asyncio.Queue[bytes] = asyncio.Queue()
        self._flight = b""

    async def receive(self) -> bytes:
        wait = FIRST_FLIGHT
        while True:
            try:
                return await asyncio.wait_for(self.datagrams.get(), wait)
            except TimeoutError:
                wait *= 2
                if self._flight:
                    self._socket.send(self._flight)

    def send(self, datagram: bytes) -> None:
        self._flight = datagram
        self._socket.send(datagram)


class Connection:
    """ICE (controlling, the first of the server's addresses that answers) and DTLS;
    then `send` and `receive`.
    """

    certificate: Certificate | None = None
    """One for all clients: making keys is no part of what is measured."""
    send: Session
    """Protects what this client sends. There once connected."""
    receive: Session
    """Unprotects what it receives."""

    def __init__(self, host: str) -> None:
        self._certificate = Connection.certificate = (
            Connection.certificate or Certificate.generate()
        )
        self.socket = _open_socket(host)
        name, port = self.socket.getsockname()[:2]
        self.transport = Transport(
            addresses=() if ipaddress.ip_address(host).is_unspecified else ((name, port),),
            ufrag=secrets.token_hex(4),
            password=secrets.token_hex(12),
            fingerprint=f"sha-256 {self._certificate.fingerprint.value}",
            setup="actpass",
        )
        self._pipe = _Pipe(self.socket)
        self._answered: asyncio.Future[tuple[str, int]]
        self._check_id = b""

    async def connect(self, remote: Transport) -> bytes:
        """Do ICE and DTLS; returns the connectivity check to repeat as consent (RFC 7675).

        Raises TimeoutError or ConnectionError.
        """
        loop = asyncio.get_running_loop()
        self._answered = loop.create_future()
        loop.add_reader(self.socket, self._readable)
        try:
            async with asyncio.timeout(TIMEOUT):
                check = await self._check(remote)
                await self._shake_hands(remote)
        except TimeoutError:
            raise TimeoutError(self._silence(remote)) from None
        finally:
            loop.remove_reader(self.socket)
        return check

    def _silence(self, remote: Transport) -> str:
        if self._answered.done() and not self._answered.cancelled():
            return f"the DTLS handshake took longer than {TIMEOUT:.0f} s"
        asked = ", ".join(f"{host} port {port}" for host, port in remote.addresses)
        return f"no answer from the server's media port: UDP {asked}"

    async def _check(self, remote: Transport) -> bytes:
        request = stun.Message(message_method=stun.Method.BINDING, message_class=stun.Class.REQUEST)
        request.attributes["USERNAME"] = f"{remote.ufrag}:{self.transport.ufrag}"
        request.attributes["PRIORITY"] = 2130706431
        request.attributes["ICE-CONTROLLING"] = secrets.randbits(64)
        request.attributes["USE-CANDIDATE"] = None
        request.add_message_integrity(remote.password.encode())
        check, self._check_id = bytes(request), request.transaction_id
        while not self._answered.done():
            for address in remote.addresses:
                self._send_to(address, check)
            await asyncio.wait([self._answered], timeout=CHECK_INTERVAL)
        self.socket.connect(self._answered.result())
        return check

    def _send_to(self, address: tuple[str, int], datagram: bytes) -> None:
        host, port = address
        if self.socket.family == socket.AF_INET6 and ":" not in host:
            host = IPV4_MAPPED + host
        with suppress(OSError):  # no way there, or none for this family: another address may do
            self.socket.sendto(datagram, (host, port))

    async def _shake_hands(self, remote: Transport) -> None:
        algorithm, digest = remote.fingerprint.split()
        fingerprint = Fingerprint(algorithm.lower(), digest)
        keys = await shake_hands(
            self._pipe, remote.role_of_the_other, self._certificate, (fingerprint,)
        )
        if keys.profile != PROFILE:
            raise ConnectionError(
                f"the server took {keys.profile}, not {PROFILE}, so costs could not be compared"
            )
        self.receive, self.send = keys.sessions()

    def _readable(self) -> None:
        try:
            data, address = self.socket.recvfrom(2048)
        except OSError:  # nothing there after all, or an ICMP error of an earlier send
            return
        if data and data[0] < 4:
            self._stun_received(data, address)
        elif data and 20 <= data[0] < 64:
            self._pipe.datagrams.put_nowait(data)

    def _stun_received(self, data: bytes, address: tuple[str, int]) -> None:
        try:
            message = stun.parse_message(data)
        except ValueError:
            return
        if message.message_class is stun.Class.REQUEST:
            self._answer_check(message, address)
        elif message.transaction_id == self._check_id and not self._answered.done():
            self._answered.set_result(address)

    def _answer_check(self, request: stun.Message, address: tuple[str, int]) -> None:
        response = stun.Message(
            message_method=stun.Method.BINDING,
            message_class=stun.Class.RESPONSE,
            transaction_id=request.transaction_id,
        )
        response.attributes["XOR-MAPPED-ADDRESS"] = address[0].removeprefix(IPV4_MAPPED), address[1]
        response.add_message_integrity(self.transport.password.encode())
        self.socket.sendto(bytes(response), address)


def _open_socket(host: str) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
    if host == "::":
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    sock.bind((host, 0))
    return sock
