"""A second offer in a connection keeps what the first one settled."""

import random
import re
from itertools import pairwise

import pytest

from relay.engine import Engine
from relay.engine.forwarder import EngineForwarder
from relay.negotiation.negotiate import Negotiation, answer
from relay.negotiation.sdp import parse
from tests.relay.client import Client
from tests.relay.offers import H264_TOO, LOCAL, offer_of, rejected


@pytest.mark.parametrize("browser", ["chromium", "firefox"])
def test_a_screen_and_an_ice_restart_keep_everything_else(browser: str) -> None:
    negotiations: list[Negotiation] = []
    for case in ("call", "screen", "ice_restart"):
        text, sources = offer_of(f"{browser}/{case}")
        negotiations.append(
            answer(text, sources, LOCAL, negotiations[-1] if negotiations else None)
        )
    assert [n.new_connection for n in negotiations] == [True, False, False]
    assert [n.version for n in negotiations] == [1, 2, 3]
    first, screen, restart = negotiations
    assert first.local_ice == screen.local_ice != restart.local_ice
    for before, after in pairwise(negotiations):
        assert after.slots == before.slots
        assert after.uplinks[:2] == before.uplinks[:2]
        assert after.session_id == before.session_id
    assert screen.uplinks[2].source == "screen"


def test_another_certificate_is_another_connection() -> None:
    first = answer(*Client().offer(), LOCAL)
    second = answer(*Client().offer(), LOCAL, first)
    assert second.new_connection
    assert second.local_ice != first.local_ice
    assert {slot.ssrc for slot in second.slots}.isdisjoint(slot.ssrc for slot in first.slots)


def test_more_slots_rename_none() -> None:
    client = Client()
    first = answer(*client.offer(audio_slots=1, video_slots=2), LOCAL)
    text, sources = client.offer(("microphone", "camera"), 1, 2)
    grown_text, _ = client.offer(audio_slots=1, video_slots=4)
    grown = answer(grown_text, sources, LOCAL, first)
    assert [slot.stream for slot in grown.slots] == [
        "slot-0",
        "slot-0",
        "screen",
        "slot-1",
        "slot-2",
    ]
    assert grown.slots[:3] == first.slots
    assert answer(text, sources, LOCAL, grown).slots == first.slots


def test_a_slot_that_rests_keeps_its_identity() -> None:
    client = Client()
    text, sources = client.offer()
    first = answer(text, sources, LOCAL)
    resting = answer(
        text.replace("a=mid:3\r\na=recvonly", "a=mid:3\r\na=inactive"), sources, LOCAL, first
    )
    assert [slot.mid for slot in resting.slots] == ["2", "4"]
    assert answer(text, sources, LOCAL, resting).slots == first.slots


def test_a_stopped_m_line_stays_rejected() -> None:
    text, sources = offer_of("chromium/screen")
    head, _, tail = text.rpartition("m=video 9")
    stopped = f"{head}m=video 0{tail}".replace("BUNDLE 0 1 2 3 4 5", "BUNDLE 0 1 2 3 4")
    negotiation = answer(stopped, {mid: s for mid, s in sources.items() if mid != "5"}, LOCAL)
    assert rejected(parse(negotiation.answer).media[5])
    assert len(negotiation.slots) == 3


def test_payload_types_agreed_before_stay() -> None:
    text, sources = offer_of("safari/call")
    only_98 = text.replace(
        "a=fmtp:98 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f\r\n", ""
    )
    first = answer(only_98.replace("640c1f", "42e01f"), sources, H264_TOO)
    assert first.uplinks[1].codecs[0].payload_type == 96
    again = answer(text.replace("640c1f", "42e01f"), sources, H264_TOO, first)
    assert again.uplinks[1].codecs[0].payload_type == 96


def recycled(text: str, number: int) -> str:
    """The offer with other MIDs, as after its m-lines were stopped
    and used for new transceivers.
    """
    mids = " ".join(f"{number}.{mid}" for mid in range(8))
    return re.sub("BUNDLE[ 0-9]*", f"BUNDLE {mids}", text.replace("a=mid:", f"a=mid:{number}."))


def test_a_browser_that_recycles_its_m_lines_is_answered_however_often_it_does() -> None:
    audio, sources = Client().offer((), audio_slots=8, video_slots=0)
    video, _ = Client().offer((), audio_slots=0, video_slots=8)
    mixed = video.replace("m=video", "m=audio", 1).replace("VP8/90000", "opus/48000/2", 1)
    video, mixed = (re.sub("a=(ice|finger).*", "", text) for text in (video, mixed))
    transport = re.findall("a=(?:ice|finger).*\r\n", audio)[:3]
    video, mixed = (
        text.replace("a=setup", "".join(transport) + "a=setup") for text in (video, mixed)
    )
    forwarder = EngineForwarder(Engine(-1, 0.0, 1_000_000), random.Random(1))
    key, agreed = forwarder.add(), answer(recycled(audio, 0), sources, LOCAL)
    for number in range(1, 100):
        agreed = answer(recycled((audio, video, mixed)[number % 3], number), sources, LOCAL, agreed)
        assert not agreed.new_connection
        assert (
            len({slot.ssrc for slot in agreed.slots})
            == len({(s.kind, s.stream) for s in agreed.slots})
            == 8
        )
        forwarder.negotiate(key, agreed.uplinks, agreed.slots)
        assert len(forwarder.stats(key).down) == 8
    assert len(agreed.slots_made) == 16


def test_a_slot_on_a_recycled_m_line_goes_on_with_the_numbers_of_the_one_before() -> None:
    text, sources = Client().offer((), audio_slots=0, video_slots=8)
    first = answer(recycled(text, 0), sources, LOCAL)
    second = answer(recycled(text, 1), sources, LOCAL, first)
    assert [(slot.ssrc, slot.rtx_ssrc, slot.stream) for slot in second.slots] == [
        (slot.ssrc, slot.rtx_ssrc, slot.stream) for slot in first.slots
    ]
