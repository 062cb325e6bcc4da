"""One WebRTC client's ICE and DTLS over a UDP socket of its own, up to the two SRTP sessions."""

import asyncio
import secrets
import socket
from typing import cast

from aioice import stun
from aiortc import RTCCertificate, RTCDtlsFingerprint, RTCDtlsParameters, RTCDtlsTransport, RTCIceTransport
from aiortc.rtcdtlstransport import State
from pylibsrtp import Session

from bench.load.description import Transport

CHECK_INTERVAL = 0.1  # s between connectivity checks until one is answered
FIRST_FLIGHT = 0.05  # s until a DTLS flight is sent again; then twice as long, and so on
TIMEOUT = 20.0  # s for ICE and DTLS together
PROFILE = b"SRTP_AEAD_AES_256_GCM"


class _Wire:
    """What RTCDtlsTransport needs of an ICE transport, on a connected socket.

    Sends a flight again after 50 ms, as Chromium does. OpenSSL's own timer takes a second, and Janus would bring that
    about each time: it drops a ClientHello that comes within some 20 ms of the first check (measured).
    """

    role = "controlling"

    def __init__(self, sock: socket.socket) -> None:
        self.socket = sock
        self.datagrams: asyncio.Queue[bytes] = asyncio.Queue()
        self._flight = b""

    async def _recv(self) -> bytes:
        wait = FIRST_FLIGHT
        while True:
            try:
                return await asyncio.wait_for(self.datagrams.get(), wait)
            except TimeoutError:
                wait *= 2
                if self._flight:
                    self.socket.send(self._flight)

    async def _send(self, data: bytes) -> None:
        self._flight = data
        self.socket.send(data)


class Connection:
    """ICE (controlling, one pair) and DTLS; then `send` and `receive` are for the generator."""

    certificate: RTCCertificate | None = None
    """One for all clients: making keys is no part of what is measured."""

    def __init__(self, host: str) -> None:
        Connection.certificate = Connection.certificate or RTCCertificate.generateCertificate()
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        self.socket.bind((host, 0))
        fingerprint = next(f for f in Connection.certificate.getFingerprints() if f.algorithm == "sha-256")
        self.transport = Transport(
            address=self.socket.getsockname(),
            ufrag=secrets.token_hex(4),
            password=secrets.token_hex(12),
            fingerprint=f"sha-256 {fingerprint.value}",
            setup="actpass",
        )
        self._wire = _Wire(self.socket)
        self._dtls = RTCDtlsTransport(cast("RTCIceTransport", self._wire), [Connection.certificate])
        self._checked = asyncio.Event()

    @property
    def send(self) -> Session:
        """Protects what this client sends."""
        return self._dtls._tx_srtp

    @property
    def receive(self) -> Session:
        """Unprotects what it receives."""
        return self._dtls._rx_srtp

    async def connect(self, remote: Transport) -> bytes:
        """Do ICE and DTLS; returns the connectivity check to repeat as consent (RFC 7675).

        Raises TimeoutError or ConnectionError.
        """
        self.socket.connect(remote.address)
        loop = asyncio.get_running_loop()
        loop.add_reader(self.socket, self._readable)
        try:
            async with asyncio.timeout(TIMEOUT):
                check = await self._check(remote)
                await self._handshake(remote)
        finally:
            loop.remove_reader(self.socket)
        return check

    async def _check(self, remote: Transport) -> bytes:
        request = stun.Message(message_method=stun.Method.BINDING, message_class=stun.Class.REQUEST)
        request.attributes["USERNAME"] = f"{remote.ufrag}:{self.transport.ufrag}"
        request.attributes["PRIORITY"] = 2130706431
        request.attributes["ICE-CONTROLLING"] = secrets.randbits(64)
        request.attributes["USE-CANDIDATE"] = None
        request.add_message_integrity(remote.password.encode())
        check = bytes(request)
        while not self._checked.is_set():
            self.socket.send(check)
            try:
                await asyncio.wait_for(self._checked.wait(), CHECK_INTERVAL)
            except TimeoutError:
                continue
        return check

    async def _handshake(self, remote: Transport) -> None:
        algorithm, digest = remote.fingerprint.split()
        self._dtls._set_role(remote.role_of_the_other)
        await self._dtls.start(RTCDtlsParameters([RTCDtlsFingerprint(algorithm.lower(), digest)]))
        if self._dtls._state is not State.CONNECTED:
            raise ConnectionError("the DTLS handshake failed")
        if self._dtls._task:
            self._dtls._task.cancel()  # it would read on; the generator does now
        if self._dtls._ssl is None or self._dtls._ssl.get_selected_srtp_profile() != PROFILE:
            raise ConnectionError(f"the server did not take {PROFILE.decode()}, so costs could not be compared")

    def _readable(self) -> None:
        try:
            data = self.socket.recv(2048)
        except OSError:  # nothing there after all, or an ICMP error of an earlier send
            return
        if data and data[0] < 4:
            self._stun_received(data)
        elif data and 20 <= data[0] < 64:
            self._wire.datagrams.put_nowait(data)

    def _stun_received(self, data: bytes) -> None:
        message = stun.parse_message(data)
        if message.message_class is stun.Class.RESPONSE:
            self._checked.set()
        elif message.message_class is stun.Class.REQUEST:
            self._answer_check(message)

    def _answer_check(self, request: stun.Message) -> None:
        response = stun.Message(
            message_method=stun.Method.BINDING,
            message_class=stun.Class.RESPONSE,
            transaction_id=request.transaction_id,
        )
        response.attributes["XOR-MAPPED-ADDRESS"] = self.socket.getpeername()
        response.add_message_integrity(self.transport.password.encode())
        self.socket.send(bytes(response))
