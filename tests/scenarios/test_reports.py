"""Reports: lip sync across the relay, round trips, loss, and words for the connection."""

import pytest

from relay.media import Codec, Source
from relay.negotiation.negotiate import NegotiationError
from relay.relay import Relay
from relay.room import Room
from relay.tap import Packet
from tests.patience import until
from tests.scenarios.conftest import Join
from tests.scenarios.party import KEYFRAME, Party
from tests.support import rtcp
from tests.support.ntp import middle, ntp


def last_report(party: Party, ssrc: int) -> rtcp.SenderReport | None:
    reports = [p for p in party.rtcp if isinstance(p, rtcp.SenderReport) and p.ssrc == ssrc]
    return reports[-1] if reports else None


async def test_sender_reports_keep_audio_and_video_in_sync_in_the_slots_timestamps(
    join: Join,
) -> None:
    ann, bob = await join("ann"), await join("bob")
    ann.send("microphone", b"x")
    ann.send("camera", KEYFRAME)
    await until(lambda: bob.packets_of("ann", "camera") and bob.packets_of("ann", "microphone"))
    # Ann's clock says that both first packets were captured at the same instant.
    for source in ("microphone", "camera"):
        first = {"microphone": 100 * 48000 // 50, "camera": 200 * 90000 // 50}[source]
        report = rtcp.SenderReport(ann.client.ssrcs[source], ntp(5000.0), first, 1, 1)
        ann.client.send_rtcp(report.encode())
    instants = []
    clocks: dict[Source, int] = {"microphone": 48000, "camera": 90000}
    for source, clock in clocks.items():
        ssrc = bob.slot_of("ann", source)
        await until(lambda s=ssrc: last_report(bob, s))  # type: ignore[misc]  # bound early
        report_of_slot = last_report(bob, ssrc)
        assert report_of_slot
        ahead = (report_of_slot.rtp_timestamp - bob.packets_of("ann", source)[0].timestamp) / clock
        instants.append(report_of_slot.ntp_time / 2**32 - ahead)
    assert instants[0] == pytest.approx(instants[1], abs=0.001)


async def test_a_receiver_report_gives_round_trip_and_quality(join: Join, room: Room) -> None:
    ann, bob = await join("ann"), await join("bob")
    ann.send("microphone", b"x")
    ann.client.send_rtcp(
        rtcp.SenderReport(ann.client.ssrcs["microphone"], ntp(5000.0), 96000, 1, 1).encode()
    )
    await until(lambda: bob.packets_of("ann", "microphone"))
    ssrc = bob.slot_of("ann", "microphone")
    await until(lambda: last_report(bob, ssrc))
    report = last_report(bob, ssrc)
    assert report
    block = rtcp.Report(ssrc, 0.0, 0, 100, 48, middle(report.ntp_time), 0)
    bob.client.send_rtcp(rtcp.ReceiverReport(1, (block,)).encode())
    await until(lambda: bob.peer.stats().rtt_ms is not None)
    (audio,) = [track for track in bob.peer.stats().down if track.source == "microphone"]
    assert audio.jitter_ms == 1.0
    measured = room.round_trip("bob")
    assert measured is not None
    assert 0 <= measured < 10
    assert room.round_trip("nobody") is None
    judgement = bob.peer.quality()
    assert judgement
    assert judgement.condition in ("excellent", "good", "fair", "poor")


async def test_a_publisher_sees_its_loss(join: Join) -> None:
    ann, _ = await join("ann"), await join("bob")
    for sequence in (100, 101, 103):
        ann.send("microphone", b"x", sequence)
    await until(
        lambda: any(
            b.lost == 1 for p in ann.rtcp if isinstance(p, rtcp.ReceiverReport) for b in p.reports
        )
    )


async def test_bye_ends_the_source_until_packets_come_again(join: Join, room: Room) -> None:
    class Ended:
        def __init__(self) -> None:
            self.log: list[str] = []

        def rtp(
            self, source: Source, codec: Codec, ssrc: int, sequence: int, packets: list[Packet]
        ) -> None:
            assert (ssrc, sequence) > (0, 0)
            self.log += [
                f"{source} {codec.name} {payload!r} {arrival > 0}"
                for _, _, payload, arrival in packets
            ]

        def sender_report(
            self, source: Source, ntp_time: int, rtp_timestamp: int, arrival: float
        ) -> None:
            raise AssertionError((source, ntp_time, rtp_timestamp, arrival))

        def lost(self, source: Source, packets: int) -> None:
            raise AssertionError((source, packets))

        def source_ended(self, source: Source) -> None:
            self.log.append(f"{source} ended")

    tap, ann = Ended(), await join("ann")
    room.tap("ann", tap)
    bye = b"\x81\xcb\x00\x01" + ann.client.ssrcs["microphone"].to_bytes(4, "big")
    ann.send("microphone", b"x")
    ann.client.send_rtcp(bye)
    ann.client.send_rtcp(bye)
    await until(lambda: "microphone ended" in tap.log)
    ann.send("microphone", b"x")
    await until(lambda: len(tap.log) == 3)
    assert tap.log[1:] == ["microphone ended", "microphone opus b'x' True"]


async def test_an_offer_that_cannot_be_answered_changes_nothing(join: Join) -> None:
    ann, bob = await join("ann"), await join("bob")
    with pytest.raises(NegotiationError):
        await ann.peer.offer("v=0", {})
    ann.send("microphone", b"still here")
    await until(lambda: bob.packets_of("ann", "microphone"))


async def test_a_closed_room_forgets_its_peers(join: Join, relay: Relay) -> None:
    ann = await join("ann")
    await relay.close_room("room")
    assert not ann.peer.connected
    assert relay.snapshot().rooms == ()
    with pytest.raises(NegotiationError):
        await ann.offer()
