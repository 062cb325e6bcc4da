"""One peer's DTLS association, ending in SRTP keys (RFC 5764). The one file
that touches aiortc's private names.

aiortc's RTCDtlsTransport does the handshake, the retransmissions and the fingerprint check on a
stand-in for an ICE transport that carries DTLS datagrams only. SRTP itself stays outside: the keys
go to whoever forwards. tests/relay/test_dtls.py pins every private name used here, so that another
aiortc release fails loudly.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol, cast

import pylibsrtp
from aiortc import (
    RTCCertificate,
    RTCDtlsFingerprint,
    RTCDtlsParameters,
    RTCDtlsTransport,
    RTCIceTransport,
)
from aiortc.rtcdtlstransport import SRTPProtectionProfile
from OpenSSL import SSL

from relay.negotiation.credentials import Fingerprint
from relay.transport.port import Link

Role = Literal["client", "server"]

HANDSHAKE_SECONDS = 15.0
"""From the first DTLS datagram on.

OpenSSL and the browsers repeat lost flights from 50 ms to 1 s on, doubling.
"""

# A flight is a few kilobytes, certificates and post-quantum keys included; how many datagrams it is
# cut into is up to the peer, so octets are what bounds those that wait. One that sends more at once
# is not shaking hands.
_QUEUE_OCTETS = 64 << 10
# Packets that a reordered or retransmitted one may lie behind the newest: about 4 s of a 2.5 Mbit/s
# video.
_REPLAY_WINDOW = 1024

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class SrtpKeys:
    """What both directions of SRTP are protected with; secret."""

    profile: str
    """`SRTP_AEAD_AES_256_GCM`, `SRTP_AEAD_AES_128_GCM` or `SRTP_AES128_CM_SHA1_80` (RFC 7714,
    RFC 5764).
    """
    receive: bytes
    """Master key and master salt of what the peer sends."""
    send: bytes
    """Master key and master salt of what is sent to the peer."""

    def __repr__(self) -> str:
        return f"SrtpKeys({self.profile})"

    def sessions(self) -> tuple[pylibsrtp.Session, pylibsrtp.Session]:
        """Sessions to unprotect what the peer sends, and to protect what is sent to it.

        They raise pylibsrtp.Error for what they cannot process, a replayed packet included, and
        ValueError for a packet over 1500 bytes to unprotect or over 1356 to protect. Protecting two
        packets with the same SSRC and sequence number is refused: with AES-GCM it would give the
        key away (RFC 7714 8.1).
        """
        profile = getattr(pylibsrtp.Policy, self.profile.replace("SRTP_", "SRTP_PROFILE_", 1))
        inbound = pylibsrtp.Policy(
            key=self.receive, ssrc_type=pylibsrtp.Policy.SSRC_ANY_INBOUND, srtp_profile=profile
        )
        outbound = pylibsrtp.Policy(
            key=self.send, ssrc_type=pylibsrtp.Policy.SSRC_ANY_OUTBOUND, srtp_profile=profile
        )
        inbound.window_size = outbound.window_size = _REPLAY_WINDOW
        return pylibsrtp.Session(inbound), pylibsrtp.Session(outbound)


class Certificate:
    """The server's self-signed certificate;
    browsers trust it by the fingerprint in the answer alone.
    """

    def __init__(self, certificate: RTCCertificate) -> None:
        self.rtc = certificate
        sha256 = next(
            value for value in certificate.getFingerprints() if value.algorithm == "sha-256"
        )
        self.fingerprint = Fingerprint(sha256.algorithm, sha256.value)

    @classmethod
    def generate(cls) -> "Certificate":
        """A fresh ECDSA P-256 certificate."""
        return cls(_OneContext.generateCertificate())


class _OneContext(RTCCertificate):
    """Lets all associations use one context of OpenSSL, which takes 20 kB;
    aiortc makes one for each.

    No association is resumed: a browser does not ask for that, and what OpenSSL keeps for it would
    stay after the association.
    """

    _context: SSL.Context | None = None

    def _create_ssl_context(self, srtp_profiles: list[SRTPProtectionProfile]) -> SSL.Context:
        if self._context is None:
            self._context = super()._create_ssl_context(srtp_profiles)
            self._context.set_session_cache_mode(SSL.SESS_CACHE_OFF)
        return self._context


class DtlsTransport:
    """The server's end of one DTLS association over a link.

    `on_connected` is called once the peer's certificate matched every fingerprint. `on_closed` is
    called at most once, with a reason in words: the handshake failed or took too long, or the peer
    sent close_notify. After `close` neither is called. The association survives any change of
    address, because the link carries it.
    """

    def __init__(
        self,
        link: Link,
        certificate: Certificate,
        fingerprints: tuple[Fingerprint, ...],
        on_connected: Callable[[SrtpKeys], None],
        on_closed: Callable[[str], None],
    ) -> None:
        self._wire = _Wire(link)
        self._dtls = RTCDtlsTransport(cast("RTCIceTransport", self._wire), [certificate.rtc])
        # The answer says setup:passive; left to itself aiortc would derive the role from ICE.
        self._dtls._set_role("server")  # noqa: SLF001 - see the module's docstring
        self._dtls.on("statechange", self._state_changed)
        self._parameters = RTCDtlsParameters(
            fingerprints=[
                RTCDtlsFingerprint(value.algorithm, value.value) for value in fingerprints
            ]
        )
        self._on_connected = on_connected
        self._on_closed = on_closed
        self._closed = False
        self._handshake: asyncio.Task[None] | None = None
        link.receive_dtls = self._datagram

    async def close(self) -> None:
        """Send close_notify and stop. Safe to repeat."""
        self._closed = True
        if self._handshake is not None:
            self._handshake.cancel()
            await asyncio.wait([self._handshake])
            await self._dtls.stop()
            self._handshake = None

    def _datagram(self, datagram: bytes) -> bool:
        if self._closed:
            return False
        if self._handshake is None:
            self._handshake = asyncio.create_task(self._shake_hands())
        return self._wire.feed(datagram)

    async def _shake_hands(self) -> None:
        try:
            async with asyncio.timeout(HANDSHAKE_SECONDS):
                await self._dtls.start(self._parameters)
        except TimeoutError:
            self._fail("DTLS handshake took too long")
        except Exception as error:  # whatever OpenSSL makes of the peer's bytes is the peer's error
            self._fail(f"DTLS handshake failed ({type(error).__name__})")
        else:
            if self._dtls.state == "connected":
                self._wire.settled = True
                keys = _export_keys(self._dtls, "server")
                # aiortc's own sessions, of no use here.
                self._dtls._rx_srtp = None  # type: ignore[assignment]  # noqa: SLF001
                self._dtls._tx_srtp = None  # type: ignore[assignment]  # noqa: SLF001
                self._on_connected(keys)
            else:
                self._fail("DTLS handshake failed")

    def _state_changed(self) -> None:
        if self._dtls.state == "closed":
            self._fail("DTLS closed by the peer")

    def _fail(self, reason: str) -> None:
        if not self._closed:
            self._closed = True
            logger.debug("%s", reason)
            self._on_closed(reason)


class _Wire:
    """What RTCDtlsTransport takes for its ICE transport: datagrams in through a bounded queue,
    out to the link.
    """

    role = "controlled"

    def __init__(self, link: Link) -> None:
        self.settled = False
        """After the handshake OpenSSL passes over what is forged without a word, so it shows by
        having no effect: a flight that the peer repeats is answered, and after close_notify nothing
        more is read.
        """
        self._unanswered = False
        self._link = link
        self._queue: asyncio.Queue[bytes] = asyncio.Queue()
        self._waiting = 0  # octets

    def feed(self, datagram: bytes) -> bool:
        if self._waiting + len(datagram) > _QUEUE_OCTETS:
            return False
        self._waiting += len(datagram)
        self._queue.put_nowait(datagram)
        return True

    async def _recv(self) -> bytes:
        if self._unanswered:
            self._link.drop("dtls_ignored")
        datagram = await self._queue.get()
        self._waiting -= len(datagram)
        self._unanswered = self.settled
        return datagram

    async def _send(self, datagram: bytes) -> None:
        self._unanswered = False
        self._link.send(datagram)


class DatagramPipe(Protocol):
    """What a handshake without a `Link` runs over: DTLS datagrams, in both directions."""

    async def receive(self) -> bytes: ...
    def send(self, datagram: bytes) -> None: ...


async def shake_hands(
    pipe: DatagramPipe, role: Role, certificate: Certificate, fingerprints: tuple[Fingerprint, ...]
) -> SrtpKeys:
    """One handshake from a client's side (relay/load); afterwards `pipe` is left alone,
    and no end is noticed.

    Raises ConnectionError if it fails. There is no time limit.
    """
    dtls = RTCDtlsTransport(cast("RTCIceTransport", _Pipe(pipe)), [certificate.rtc])
    dtls._set_role(role)  # noqa: SLF001
    expected = [RTCDtlsFingerprint(value.algorithm, value.value) for value in fingerprints]
    await dtls.start(RTCDtlsParameters(expected))
    if dtls._task is not None:  # noqa: SLF001 - it would read on
        dtls._task.cancel()  # noqa: SLF001
    if dtls.state != "connected":
        raise ConnectionError("the DTLS handshake failed")
    return _export_keys(dtls, role)


class _Pipe:
    """A DatagramPipe as RTCDtlsTransport wants it."""

    role = "controlling"

    def __init__(self, pipe: DatagramPipe) -> None:
        self._pipe = pipe

    async def _recv(self) -> bytes:
        return await self._pipe.receive()

    async def _send(self, datagram: bytes) -> None:
        self._pipe.send(datagram)


def _export_keys(dtls: RTCDtlsTransport, role: Role) -> SrtpKeys:
    """The keying material of a connected association (RFC 5764 4.2):
    the client's half comes first.
    """
    ssl = dtls._ssl  # noqa: SLF001
    assert ssl is not None, "connected without a handshake"  # noqa: S101 - start() made it
    selected = ssl.get_selected_srtp_profile()
    profile = next(p for p in dtls._srtp_profiles if p.openssl_profile == selected)  # noqa: SLF001
    length = 2 * (profile.key_length + profile.salt_length)
    material = ssl.export_keying_material(b"EXTRACTOR-dtls_srtp", length)
    client, server = profile.get_key_and_salt(material, 0), profile.get_key_and_salt(material, 1)
    return SrtpKeys(
        profile=profile.openssl_profile.decode("ascii"),
        receive=client if role == "server" else server,
        send=server if role == "server" else client,
    )
