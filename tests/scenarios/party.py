"""A participant for scenarios: a real client (ICE, DTLS, SRTP over the loopback) that sends
and collects packets.
"""

import asyncio
import itertools
import os
from collections import Counter
from collections.abc import Sequence

from relay.media import Assignment, SlotCount, Source
from relay.negotiation.credentials import IceCredentials
from relay.peer import Answer, Peer
from relay.room import Room
from tests.patience import until
from tests.relay.client import Client
from tests.support import rtcp
from tests.support.rtp import RtpPacket, build, extension_element

KEYFRAME = bytes.fromhex("100000009d012a8002e001") + bytes(80)
"""A VP8 payload that starts a keyframe: descriptor with S set, frame tag with the lowest bit 0."""
DELTA = bytes.fromhex("1001000000") + bytes(80)
PAYLOAD_TYPES: dict[Source, int] = {"microphone": 111, "camera": 96, "screen": 96}
SECOND: dict[Source, int] = {"microphone": 48000, "camera": 90000, "screen": 90000}
TRANSPORT_SEQUENCE_ID, MID_ID = 3, 4


class EarlyDatagrams(Client):
    """The relay's first reports may overtake the end of the handshake; browsers drop them."""

    def datagram_received(self, datagram: bytes) -> None:
        """Drop what cannot be decrypted yet."""
        if datagram[0] < 128 or self.dtls._rx_srtp is not None:
            super().datagram_received(datagram)


class Party:
    """One participant: its listener, its client, and everything that arrived."""

    def __init__(self, name: str, ssrc_base: int = 0, host: str = "127.0.0.1") -> None:
        self.name = name
        self.events: list[str] = []
        self.assignments: dict[str, Assignment] = {}
        self.told: list[dict[str, Assignment]] = []
        """Assignments that came otherwise than with an answer."""
        self.needed: list[SlotCount] = []
        self.client = EarlyDatagrams(host)
        self.client.ssrcs = {s: ssrc + ssrc_base for s, ssrc in self.client.ssrcs.items()}
        self.rtp: list[RtpPacket] = []
        self.rtcp: list[rtcp.Rtcp] = []
        self.compounds: list[bytes] = []
        self.answer = ""
        self.sequences: Counter[Source] = Counter({"microphone": 100, "camera": 200, "screen": 300})
        self.transport_sequence = itertools.count(1)
        self.peer: Peer
        self._collector: asyncio.Task[None] | None = None

    # --- the listener

    def peer_connected(self) -> None:
        self.events.append("connected")

    def peer_disconnected(self, reason: str) -> None:
        self.events.append(f"disconnected: {reason}")

    def need_offer(self, slots: SlotCount) -> None:
        self.needed.append(slots)

    def assignments_changed(self, assignments: Sequence[Assignment]) -> None:
        self.assignments = {assignment.mid: assignment for assignment in assignments}
        self.told.append(self.assignments)

    # --- the browser

    async def join(
        self, room: Room, sources: tuple[Source, ...] = ("microphone", "camera")
    ) -> "Party":
        """Join, offer, connect."""
        self.peer = room.join(self.name, self)
        answer = await self.offer(sources)
        await self.client.connect(answer.sdp)
        self._collector = asyncio.create_task(self._collect())
        await until(lambda: self.peer.connected)
        return self

    async def offer(self, sources: tuple[Source, ...] = ("microphone", "camera")) -> Answer:
        """Offer with as many slots as the room needs."""
        slots = self.peer.slots_needed
        answer = await self.peer.offer(*self.client.offer(sources, slots.audio, slots.video))
        self.answer = answer.sdp
        self.assignments = {assignment.mid: assignment for assignment in answer.assignments}
        return answer

    async def restart_ice(self) -> None:
        """Offer new credentials and come from another address."""
        self.client.ice = IceCredentials.generate(os.urandom)
        answer = await self.offer()
        self.client.follow(answer.sdp)
        await self.client.bind()
        await self.client.check()

    async def _collect(self) -> None:
        while True:
            data = await self.client.received.get()
            if 192 <= data[1] < 224:
                self.compounds.append(data)
                self.rtcp += rtcp.parse(data)
            else:
                self.rtp.append(RtpPacket(data))

    async def close(self) -> None:
        """Vanish without a word if it is still connected."""
        if self._collector is not None:
            self._collector.cancel()
        await self.client.close()

    # --- media

    def packet(
        self, source: Source, payload: bytes, sequence: int | None = None, **changes: int
    ) -> bytes:
        """The source's next RTP packet, 20 ms of timestamp after the one before it in sequence."""
        if sequence is None:
            sequence = self.sequences[source]
            self.sequences[source] += 1
        number = next(self.transport_sequence) & 0xFFFF
        extensions = extension_element(TRANSPORT_SEQUENCE_ID, number.to_bytes(2, "big"))
        if "mid" in changes:
            extensions += extension_element(MID_ID, str(changes["mid"]).encode())
        timestamp = sequence * SECOND[source] // 50 & 0xFFFFFFFF
        ssrc = changes.get("ssrc", self.client.ssrcs[source])
        head = (
            changes.get("payload_type", PAYLOAD_TYPES[source]),
            sequence & 0xFFFF,
            timestamp,
            ssrc,
        )
        return build(head, extensions, payload)

    def send(
        self, source: Source, payload: bytes = DELTA, sequence: int | None = None, **changes: int
    ) -> None:
        """Send one packet."""
        self.client.send_rtp(self.packet(source, payload, sequence, **changes))

    def resend(self, source: Source, sequence: int, payload: bytes, rtx_sequence: int) -> None:
        """Send a packet again as RTX (RFC 4588)."""
        head = (97, rtx_sequence, sequence * SECOND[source] // 50, self.client.ssrcs[source] + 1)
        self.client.send_rtp(build(head, b"", (sequence & 0xFFFF).to_bytes(2, "big") + payload))

    def slot_of(self, participant_id: str, source: Source) -> int:
        """The SSRC on which a participant's source arrives here."""
        (mid,) = (
            a.mid
            for a in self.assignments.values()
            if (a.participant_id, a.source) == (participant_id, source)
        )
        return next(slot.ssrc for slot in self.peer.slots if slot.mid == mid)

    def packets_of(self, participant_id: str, source: Source) -> list[RtpPacket]:
        """What arrived of it so far, without RTX."""
        ssrc = self.slot_of(participant_id, source)
        return [packet for packet in self.rtp if packet.ssrc == ssrc]

    def asked_for_keyframe(self, source: Source) -> int:
        """How often the relay asked."""
        ssrc = self.client.ssrcs[source]
        return sum(isinstance(p, rtcp.KeyframeRequest) and p.ssrc == ssrc for p in self.rtcp)

    def nacked(self, source: Source) -> list[int]:
        """Sequence numbers that the relay asked for."""
        ssrc = self.client.ssrcs[source]
        return [
            s for p in self.rtcp if isinstance(p, rtcp.Nack) and p.ssrc == ssrc for s in p.sequences
        ]
