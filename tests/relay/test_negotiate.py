"""Answers to the offers of real browsers, and what is refused."""

import random
import re

import pytest

from relay.negotiation.formats import ABS_SEND_TIME_EXTENSION, MID_EXTENSION, TRANSPORT_CC_EXTENSION
from relay.negotiation.negotiate import answer
from relay.negotiation.sdp import parse
from tests.relay.client import Client
from tests.relay.offers import (
    CALLS,
    CASES,
    H264_TOO,
    LOCAL,
    answered,
    direction,
    offer_of,
    rejected,
)


@pytest.mark.parametrize("case", CASES)
def test_every_m_line_is_answered_in_order(case: str) -> None:
    offer, told, _ = answered(case)
    assert [(s.kind, s.protocol, s.first("mid")) for s in told.media] == [
        (s.kind, s.protocol, s.first("mid")) for s in offer.media
    ]
    accepted = [section.first("mid") for section in told.media if not rejected(section)]
    assert told.session.first("group") == f"BUNDLE {' '.join(str(mid) for mid in accepted)}"
    assert told.session.has("ice-lite")


@pytest.mark.parametrize("case", CASES)
def test_the_transport_is_lite_passive_and_muxed(case: str) -> None:
    _, told, negotiation = answered(case)
    sections = [section for section in told.media if not rejected(section)]
    for section in sections:
        assert section.first("setup") == "passive"
        assert section.has("rtcp-mux")
        assert section.first("fingerprint") == f"sha-256 {LOCAL.fingerprint.value}"
        assert section.first("ice-ufrag") == negotiation.local_ice.ufrag
        assert section.first("ice-pwd") == negotiation.local_ice.pwd
        assert section.port == 40000
    assert list(sections[0].all("candidate")) == [
        "1 1 udp 2130706431 192.0.2.1 40000 typ host",
        "2 1 udp 2130706175 2001:db8::1 40000 typ host",
    ]
    assert sections[0].has("end-of-candidates")
    assert not any(section.has("candidate") for section in sections[1:])


@pytest.mark.parametrize("case", CASES)
def test_payload_types_and_extension_ids_are_the_browsers(case: str) -> None:
    offer, told, _ = answered(case, H264_TOO)
    for offered, section in zip(offer.media, told.media, strict=True):
        assert set(section.formats) <= set(offered.formats)
        assert {value.split("/")[0].lower() for value in section.all("rtpmap")} <= {
            value.split("/")[0].lower() for value in offered.all("rtpmap")
        }
        offered_ids = {
            (m[2], m[1])
            for m in (re.match(r"(\d+)\S* (\S+)", v) for v in offered.all("extmap"))
            if m
        }
        numbered = (value.split() for value in section.all("extmap"))
        assert {(uri, number) for number, uri in numbered} <= offered_ids


@pytest.mark.parametrize("case", CALLS)
def test_a_call_has_two_uplinks_and_three_slots(case: str) -> None:
    offer, told, negotiation = answered(case)
    assert [(uplink.mid, uplink.source) for uplink in negotiation.uplinks] == [
        ("0", "microphone"),
        ("1", "camera"),
    ]
    assert [(slot.mid, slot.kind, slot.stream) for slot in negotiation.slots] == [
        ("2", "audio", "slot-0"),
        ("3", "video", "slot-0"),
        ("4", "video", "screen"),
    ]
    assert [direction(section) for section in told.media] == ["recvonly"] * 2 + ["sendonly"] * 3
    declared = next(value for value in offer.media[1].all("ssrc-group")).split()[1:]
    camera = negotiation.uplinks[1]
    assert [camera.ssrc, camera.rtx_ssrc] == [int(ssrc) for ssrc in declared]
    for uplink in negotiation.uplinks:
        assert {MID_EXTENSION, TRANSPORT_CC_EXTENSION} <= set(uplink.extensions)
        assert "transport-cc" in uplink.codecs[0].feedback
    assert told.media[1].has("rtcp-rsize")


@pytest.mark.parametrize("case", CALLS)
def test_slots_ask_for_remb_and_carry_the_servers_ssrcs(case: str) -> None:
    _, told, negotiation = answered(case)
    ssrcs = [ssrc for slot in negotiation.slots for ssrc in (slot.ssrc, slot.rtx_ssrc) if ssrc]
    assert len(set(ssrcs)) == 5  # Opus has no RTX
    for slot, section in zip(negotiation.slots, told.media[2:], strict=True):
        assert section.first("msid") == f"{slot.stream} {slot.stream}-{slot.kind}"
        assert f"{slot.ssrc} cname:{slot.stream}" in section.all("ssrc")
        assert MID_EXTENSION in slot.extensions
        assert TRANSPORT_CC_EXTENSION not in slot.extensions
        assert "transport-cc" not in slot.codecs[0].feedback
        if slot.kind == "video":
            assert ABS_SEND_TIME_EXTENSION in slot.extensions
            assert slot.codecs[0].feedback == ("nack", "nack pli", "ccm fir", "goog-remb")
            assert section.first("ssrc-group") == f"FID {slot.ssrc} {slot.rtx_ssrc}"


@pytest.mark.parametrize("case", CALLS)
def test_only_opus_and_vp8_with_rtx_are_taken(case: str) -> None:
    _, told, negotiation = answered(case)
    assert [codec.name for codec in negotiation.uplinks[0].codecs] == ["opus"]
    assert negotiation.uplinks[0].codecs[0].parameters["useinbandfec"] == "1"
    (vp8,) = negotiation.uplinks[1].codecs
    assert vp8.name == "VP8"
    assert told.media[1].formats == (str(vp8.payload_type), str(vp8.rtx_payload_type))
    assert f"{vp8.rtx_payload_type} apt={vp8.payload_type}" in told.media[1].all("fmtp")


def test_h264_is_constrained_baseline_in_packetization_mode_1() -> None:
    _, _, negotiation = answered("safari/call", H264_TOO)
    h264, vp8 = negotiation.uplinks[1].codecs
    assert (h264.payload_type, h264.rtx_payload_type) == (98, 99)
    assert h264.parameters["profile-level-id"] == "42e01f"
    assert (vp8.payload_type, vp8.rtx_payload_type) == (106, 107)


def test_video_uplinks_are_capped() -> None:
    text, sources = offer_of("chromium/call")
    assert answer(text, sources, LOCAL).answer.count("b=TIAS:2500000\r\n") == 1


@pytest.mark.parametrize("case", [case for case in CASES if case.endswith("/data_channel")])
def test_a_data_channel_is_rejected_and_the_call_goes_on(case: str) -> None:
    _, told, negotiation = answered(case)
    channel = told.media[-1]
    assert channel.kind == "application"
    assert rejected(channel)
    assert len(negotiation.uplinks) == 2


def test_an_m_line_that_sends_and_receives_carries_its_source_up() -> None:
    _, told, negotiation = answered("safari/two_way_audio")
    assert [direction(section) for section in told.media] == ["sendonly", "recvonly", "inactive"]
    assert [uplink.source for uplink in negotiation.uplinks] == ["microphone"]


def test_an_m_line_without_a_named_source_is_inactive_not_rejected() -> None:
    text, _ = offer_of("chromium/call")
    negotiation = answer(text, {"0": "microphone"}, LOCAL)
    camera = parse(negotiation.answer).media[1]
    assert direction(camera) == "inactive"
    assert not rejected(camera)


@pytest.mark.parametrize(
    ("kind", "old", "new"),
    [("video", "VP8/90000", "VP7/90000"), ("audio", "opus/48000/2", "opus/16000")],
)
def test_m_lines_without_a_codec_in_common_are_rejected_and_the_rest_works(
    kind: str, old: str, new: str
) -> None:
    text, sources = Client().offer()
    negotiation = answer(text.replace(old, new), sources, LOCAL)
    for section in parse(negotiation.answer).media:
        assert rejected(section) == (section.kind == kind)
    assert kind not in {uplink.kind for uplink in negotiation.uplinks}
    assert len(negotiation.uplinks) == 1
    assert negotiation.video_codecs == (() if kind == "video" else ("VP8",))


def test_the_browser_sends_what_the_room_agrees_on_and_may_receive_all_it_can() -> None:
    text, sources = Client().offer()
    asked: list[tuple[str, ...]] = []

    def agree(able: tuple[str, ...]) -> tuple[str, ...]:
        asked.append(able)
        return ("VP8",)

    negotiation = answer(text, sources, H264_TOO, agree=agree)
    assert asked == [("H264", "VP8")]
    assert [codec.name for uplink in negotiation.uplinks for codec in uplink.codecs] == [
        "opus",
        "VP8",
    ]
    assert all(len(slot.codecs) == 2 for slot in negotiation.slots if slot.kind == "video")


def test_the_answer_is_determined_by_its_arguments() -> None:
    text, sources = offer_of("chromium/call")
    twice = [
        answer(text, sources, LOCAL, random_bytes=random.Random(7).randbytes) for _ in range(2)
    ]
    assert twice[0] == twice[1]
