"""A browser's transport for tests: ICE checks, DTLS and SRTP over a real UDP socket,
with parts taken from aiortc.

client = Client()
offer, sources = client.offer()
await client.connect(answer)        # what Peer.offer or negotiate.answer returned
client.send_rtp(packet); packet = await client.receive()
"""

import asyncio
import os
import re
from collections.abc import Mapping
from typing import cast

from aioice import stun
from aiortc import (
    RTCCertificate,
    RTCDtlsFingerprint,
    RTCDtlsParameters,
    RTCDtlsTransport,
    RTCIceTransport,
)

from relay.media import KIND_OF_SOURCE, Source
from relay.negotiation.credentials import Fingerprint, IceCredentials

_VIDEO = """a=rtpmap:96 VP8/90000
a=rtcp-fb:96 goog-remb
a=rtcp-fb:96 transport-cc
a=rtcp-fb:96 ccm fir
a=rtcp-fb:96 nack
a=rtcp-fb:96 nack pli
a=rtpmap:97 rtx/90000
a=fmtp:97 apt=96
a=rtpmap:103 H264/90000
a=rtcp-fb:103 nack
a=rtcp-fb:103 nack pli
a=fmtp:103 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f
a=rtpmap:104 rtx/90000
a=fmtp:104 apt=103
"""
_AUDIO = """a=rtpmap:111 opus/48000/2
a=rtcp-fb:111 transport-cc
a=fmtp:111 minptime=10;useinbandfec=1
"""
_EXTENSIONS = """a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time
a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01
a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid
"""
_LAYER_EXTENSIONS = """a=extmap:6 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id
a=extmap:7 urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id
"""


class Client:
    """One browser, as far as the relay can see it."""

    def __init__(self, host: str = "127.0.0.1") -> None:
        self.ice = IceCredentials.generate(os.urandom)
        self.certificate = RTCCertificate.generateCertificate()
        self.fingerprints = tuple(
            Fingerprint(f.algorithm, f.value) for f in self.certificate.getFingerprints()[:1]
        )
        self.received: asyncio.Queue[bytes] = asyncio.Queue()
        """Decrypted RTP and RTCP packets."""
        self.ssrcs: dict[Source, int] = {
            "microphone": 0x11111111,
            "camera": 0x22222222,
            "screen": 0x33333333,
        }
        """RTX has the next number."""
        self.dtls = RTCDtlsTransport(cast("RTCIceTransport", _Wire(self)), [self.certificate])
        self.dtls._set_role("client")
        self.dtls_queue: asyncio.Queue[bytes] = asyncio.Queue()
        self.lacks: tuple[str, ...] = ()
        """Video codecs that this browser does not have."""
        self._host = host
        self._remote = IceCredentials("none", "x" * 22)
        self.remote_address = ("", 0)
        self.strayed = 0
        """Datagrams from elsewhere."""
        self._responses: dict[bytes, asyncio.Future[stun.Message]] = {}
        self._transport: asyncio.DatagramTransport | None = None

    def offer(
        self,
        sources: tuple[Source, ...] = ("microphone", "camera"),
        audio_slots: int = 1,
        video_slots: int = 2,
        rids: tuple[str, ...] = (),
    ) -> tuple[str, dict[str, Source]]:
        """An offer in the shape of carelay's browser client, and the sources that go with it;
        `rids` are the layers of the camera, whose SSRCs are then for its packets to tell. What is
        in `lacks` is not offered.
        """
        lines: list[tuple[str, str, Source | None]] = [
            (KIND_OF_SOURCE[s], "sendonly", s) for s in sources
        ]
        lines += [("audio", "recvonly", None)] * audio_slots
        lines += [("video", "recvonly", None)] * video_slots
        head = "v=0\no=- 1 2 IN IP4 127.0.0.1\ns=-\nt=0 0\n"
        head += f"a=group:BUNDLE {' '.join(str(mid) for mid in range(len(lines)))}\n"
        text = head + "".join(
            self._section(str(mid), *line, rids) for mid, line in enumerate(lines)
        )
        named = {str(mid): source for mid, (_, _, source) in enumerate(lines) if source}
        for codec in self.lacks:
            text = text.replace(f" {codec}/90000", " none/90000")
        return text.replace("\n", "\r\n"), named

    def _section(
        self, mid: str, kind: str, direction: str, source: Source | None, rids: tuple[str, ...]
    ) -> str:
        formats = "111" if kind == "audio" else "96 97 103 104"
        text = (
            f"m={kind} 9 UDP/TLS/RTP/SAVPF {formats}\nc=IN IP4 0.0.0.0\na=mid:{mid}\n"
            f"a={direction}\n"
        )
        text += (
            f"a=ice-ufrag:{self.ice.ufrag}\na=ice-pwd:{self.ice.pwd}\na=setup:actpass\na=rtcp-mux\n"
            "a=rtcp-rsize\n"
        )
        text += "".join(f"a=fingerprint:{f.algorithm} {f.value}\n" for f in self.fingerprints)
        text += _EXTENSIONS + (_AUDIO if kind == "audio" else _VIDEO)
        if source == "camera" and rids:
            text += _LAYER_EXTENSIONS + "".join(f"a=rid:{rid} send\n" for rid in rids)
            text += f"a=simulcast:send {';'.join(rids)}\n"
        elif source:
            ssrc = self.ssrcs[source]
            text += (
                f"a=ssrc-group:FID {ssrc} {ssrc + 1}\na=ssrc:{ssrc + 1} cname:test\n"
                if kind == "video"
                else ""
            )
            text += f"a=ssrc:{ssrc} cname:test\n"
        return text

    async def connect(self, answer: str) -> None:
        """Check and nominate the answer's candidate, then shake hands."""
        self.follow(answer)
        await self.bind()
        await self.check()
        digest = re.search(r"a=fingerprint:(\S+) (\S+)", answer)
        assert digest
        await self.dtls.start(RTCDtlsParameters([RTCDtlsFingerprint(digest[1], digest[2])]))
        assert self.dtls.state == "connected"

    def follow(self, answer: str) -> None:
        """Take credentials and candidate from an answer."""
        ufrag, pwd = re.search(r"a=ice-ufrag:(\S+)", answer), re.search(r"a=ice-pwd:(\S+)", answer)
        candidate = re.search(r"a=candidate:\S+ 1 udp \d+ (\S+) (\d+) typ host", answer)
        assert ufrag
        assert pwd
        assert candidate
        self._remote = IceCredentials(ufrag[1], pwd[1])
        self.remote_address = (candidate[1], int(candidate[2]))

    async def bind(self) -> None:
        """Open a socket; a second call is a NAT rebinding: the same peer from another address."""
        if self._transport is not None:
            self._transport.close()
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(
            lambda: _Receiver(self), (self._host, 0)
        )

    @property
    def address(self) -> tuple[str, int]:
        """Where the relay sees this client."""
        assert self._transport is not None
        return cast("tuple[str, int]", self._transport.get_extra_info("sockname"))

    async def check(self, *, nominate: bool = True, seconds: float = 5.0) -> stun.Message:
        """One connectivity check, which is also consent freshness.

        Raises TimeoutError if nobody answers.
        """
        request = self.check_request(nominate=nominate)
        answered: asyncio.Future[stun.Message] = asyncio.get_running_loop().create_future()
        self._responses[request.transaction_id] = answered
        self.send_datagram(bytes(request))
        return await asyncio.wait_for(answered, seconds)

    def check_request(
        self, *, nominate: bool = True, extra: Mapping[str, object] | None = None
    ) -> stun.Message:
        """The STUN request of a check, signed with the answer's credentials."""
        request = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
        request.attributes["USERNAME"] = f"{self._remote.ufrag}:{self.ice.ufrag}"
        request.attributes["PRIORITY"] = 1853817087
        request.attributes["ICE-CONTROLLING"] = 1
        if nominate:
            request.attributes["USE-CANDIDATE"] = None
        request.attributes.update(extra or {})
        request.add_message_integrity(self._remote.pwd.encode())
        return request

    def send_rtp(self, packet: bytes) -> None:
        """Protect and send one RTP packet."""
        self.send_datagram(self.dtls._tx_srtp.protect(packet))

    def send_rtcp(self, packet: bytes) -> None:
        """Protect and send one compound RTCP packet."""
        self.send_datagram(self.dtls._tx_srtp.protect_rtcp(packet))

    def send_datagram(self, datagram: bytes) -> None:
        """Send any bytes from the client's address."""
        assert self._transport is not None
        if datagram:
            self._transport.sendto(datagram, self.remote_address)
        else:  # which asyncio leaves out
            with self._transport.get_extra_info("socket").dup() as udp:
                udp.sendto(datagram, self.remote_address)

    async def receive(self, seconds: float = 5.0) -> bytes:
        """The next decrypted RTP or RTCP packet. Raises TimeoutError."""
        return await asyncio.wait_for(self.received.get(), seconds)

    async def close(self) -> None:
        """Send close_notify and close the socket."""
        await self.dtls.stop()
        if self._transport is not None:
            self._transport.close()

    def datagram_received(self, datagram: bytes) -> None:
        """Sort what arrives as a browser would."""
        first = datagram[0]
        if first < 4:
            message = stun.parse_message(datagram)
            answered = self._responses.pop(message.transaction_id, None)
            if answered is not None and not answered.done():
                answered.set_result(message)
        elif 20 <= first < 64:
            self.dtls_queue.put_nowait(datagram)
        elif 192 <= datagram[1] < 224:
            self.received.put_nowait(self.dtls._rx_srtp.unprotect_rtcp(datagram))
        else:
            self.received.put_nowait(self.dtls._rx_srtp.unprotect(datagram))


class _Receiver(asyncio.DatagramProtocol):
    def __init__(self, client: Client) -> None:
        self._client = client

    def datagram_received(self, data: bytes, addr: tuple[str | int, ...]) -> None:
        """Browsers take answers only from where they asked (RFC 8445 7.2.5.2.1)."""
        if addr[:2] == self._client.remote_address:
            self._client.datagram_received(data)
        else:
            self._client.strayed += 1


class _Wire:
    role = "controlling"

    def __init__(self, client: Client) -> None:
        self._client = client

    async def _recv(self) -> bytes:
        return await self._client.dtls_queue.get()

    async def _send(self, datagram: bytes) -> None:
        self._client.send_datagram(datagram)
