"""Pages reload, networks vanish, screens come and go."""

from relay.media import Codec, Source
from relay.room import Room
from relay.tap import Packet
from tests.patience import until
from tests.scenarios.conftest import Join
from tests.scenarios.party import DELTA, KEYFRAME
from tests.support import rtcp
from tests.support.rtp import RtpPacket


async def test_after_a_reload_the_others_slots_go_on_with_a_keyframe(join: Join) -> None:
    ann, bob = await join("ann"), await join("bob")
    for sequence in range(200, 205):
        ann.send("camera", KEYFRAME if sequence == 200 else DELTA, sequence)
    await until(lambda: len(bob.packets_of("ann", "camera")) == 5)
    ssrc = bob.slot_of("ann", "camera")
    again = await join("ann", ssrc_base=100)
    assert bob.slot_of("ann", "camera") == ssrc
    again.send("camera", DELTA, 9000)  # refers to what nobody has
    await until(lambda: again.asked_for_keyframe("camera"))
    again.send("camera", KEYFRAME, 9001)
    await until(lambda: len(bob.packets_of("ann", "camera")) == 6)
    packets = bob.packets_of("ann", "camera")
    assert packets[-1].sequence == packets[-2].sequence + 1
    assert 0 < packets[-1].timestamp - packets[-2].timestamp & 0xFFFFFFFF < 90000 * 5


async def test_the_replaced_page_hears_nothing_more(join: Join) -> None:
    ann = await join("ann")
    await join("ann", ssrc_base=100)
    assert ann.events == ["connected"]
    assert not ann.peer.connected


async def test_a_late_joiner_gets_a_keyframe_request_sent_for_it(join: Join) -> None:
    ann = await join("ann")
    ann.send("camera", KEYFRAME, 200)
    await until(lambda: ann.rtcp)
    bob = await join("bob")
    await until(lambda: ann.asked_for_keyframe("camera"))
    ann.send("camera", DELTA, 201)
    ann.send("camera", KEYFRAME, 202)
    await until(lambda: bob.packets_of("ann", "camera"))
    assert bob.packets_of("ann", "camera")[0].payload == KEYFRAME


async def test_a_screen_is_put_on_its_slot_and_taken_off(join: Join) -> None:
    ann, bob = await join("ann"), await join("bob")
    await ann.offer(("microphone", "camera", "screen"))
    ann.send("screen", KEYFRAME)
    await until(lambda: bob.packets_of("ann", "screen"))
    await ann.offer()
    assert "screen" not in {assignment.source for assignment in bob.assignments.values()}
    ann.send("camera", KEYFRAME)
    await until(lambda: bob.packets_of("ann", "camera"))


async def test_leaving_frees_the_slots_and_the_room_goes_on(join: Join, room: Room) -> None:
    _, bob = await join("ann"), await join("bob")
    await room.leave("ann")
    assert bob.assignments == {}
    assert list(room.peers) == ["bob"]
    dan = await join("dan", ssrc_base=300)
    dan.send("microphone", b"hello")
    await until(lambda: bob.packets_of("dan", "microphone"))


async def test_a_silent_network_is_noticed_and_a_check_brings_the_peer_back(join: Join) -> None:
    ann, _ = await join("ann"), await join("bob")
    await until(lambda: "disconnected: timeout" in ann.events)
    await ann.client.check()
    await until(lambda: ann.events[-1] == "connected")


async def test_a_new_address_after_an_ice_restart_goes_on(join: Join) -> None:
    ann, bob = await join("ann"), await join("bob")
    ann.send("microphone", b"1")
    await until(lambda: bob.packets_of("ann", "microphone"))
    await ann.restart_ice()
    ann.send("microphone", b"2")
    bob.send("microphone", b"3")
    await until(
        lambda: (
            len(bob.packets_of("ann", "microphone")) == 2 and ann.packets_of("bob", "microphone")
        )
    )


class Recording:
    """A tap that writes down what it hears."""

    def __init__(self) -> None:
        self.packets: list[tuple[Source, str, int, int, bytes]] = []
        self.reports: list[tuple[Source, int, int]] = []
        self.ended: list[Source] = []

    def rtp(
        self, source: Source, codec: Codec, ssrc: int, sequence: int, packets: list[Packet]
    ) -> None:
        for number, (_, _, payload, arrival) in enumerate(packets, sequence):
            assert arrival > 0
            self.packets.append((source, codec.name, ssrc, number & 0xFFFF, payload))

    def sender_report(
        self, source: Source, ntp_time: int, rtp_timestamp: int, arrival: float
    ) -> None:
        assert arrival > 0
        self.reports.append((source, ntp_time, rtp_timestamp))

    def lost(self, source: Source, packets: int) -> None:
        raise AssertionError((source, packets))

    def source_ended(self, source: Source) -> None:
        self.ended.append(source)


async def test_a_tap_hears_a_participant_before_and_after_a_reload(join: Join, room: Room) -> None:
    tap = Recording()
    room.tap("ann", tap)
    ann = await join("ann")
    first = ann.packet("microphone", b"1")
    ann.client.send_rtp(first)
    await until(lambda: tap.packets)
    ann.client.send_rtcp(
        rtcp.SenderReport(ann.client.ssrcs["microphone"], 1 << 40, 960, 1, 1).encode()
    )
    await until(lambda: tap.reports)
    again = await join("ann", ssrc_base=100)
    second = again.packet("microphone", b"2")
    again.client.send_rtp(second)
    await until(lambda: len(tap.packets) == 2)
    sent = [RtpPacket(packet) for packet in (first, second)]
    assert tap.packets == [
        ("microphone", "opus", rtp.ssrc, rtp.sequence, rtp.payload) for rtp in sent
    ]
    assert [rtp.payload for rtp in sent] == [b"1", b"2"]
    assert tap.reports == [("microphone", 1 << 40, 960)]
    assert tap.ended == ["microphone"]
    room.untap("ann", tap)
    again.send("microphone", b"3")
    again.send("camera", KEYFRAME)
    await room.leave("ann")
    assert len(tap.packets) == 2
