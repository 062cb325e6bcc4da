"""Answers to the offers of real browsers, and what is refused."""

import cProfile
import json
import random
import re
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relay.engine import Engine
from relay.engine.forwarder import EngineForwarder
from relay.media import Source
from relay.negotiation.credentials import Fingerprint
from relay.negotiation.formats import ABS_SEND_TIME_EXTENSION, MID_EXTENSION, TRANSPORT_CC_EXTENSION
from relay.negotiation.negotiate import LocalDescription, Negotiation, NegotiationError, answer
from relay.negotiation.sdp import Description, Section, parse
from tests.relay.client import Client
from tests.support.effort import effort

VECTORS = Path(__file__).parents[1] / "vectors" / "offers"
CASES = sorted(
    path.relative_to(VECTORS).with_suffix("").as_posix() for path in VECTORS.glob("*/*.sdp")
)
CALLS = [case for case in CASES if case.endswith("/call")]
LOCAL = LocalDescription(
    fingerprint=Fingerprint("sha-256", ":".join(["5A"] * 32)),
    candidates=(("192.0.2.1", 40000), ("2001:db8::1", 40000)),
)
H264_TOO = LocalDescription(LOCAL.fingerprint, LOCAL.candidates, video_codecs=("H264", "VP8"))


def offer_of(case: str) -> tuple[str, dict[str, Source]]:
    """A vector as the browser sends it, and its sources."""
    path = VECTORS / f"{case}.sdp"
    sources = json.loads(path.with_name("sources.json").read_text())["sources"][path.stem]
    return path.read_text().replace("\n", "\r\n"), sources


def answered(
    case: str, local: LocalDescription = LOCAL
) -> tuple[Description, Description, Negotiation]:
    """Offer and answer taken apart, and what was agreed."""
    text, sources = offer_of(case)
    negotiation = answer(text, sources, local)
    return parse(text), parse(negotiation.answer), negotiation


def direction(section: Section) -> str:
    """The direction attribute; an answer always has exactly one."""
    (found,) = [
        name for name in ("sendrecv", "sendonly", "recvonly", "inactive") if section.has(name)
    ]
    return found


def rejected(section: Section) -> bool:
    """Port 0 (an answer never says bundle-only)."""
    return section.port == 0


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


def test_without_any_codec_in_common_the_offer_is_refused() -> None:
    text, sources = Client().offer()
    nothing = text.replace("VP8/90000", "VP7/90000").replace("opus/48000/2", "opus/16000")
    with pytest.raises(NegotiationError, match="no audio or video codec"):
        answer(nothing, sources, LOCAL)


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


def test_payload_types_agreed_before_stay() -> None:
    text, sources = offer_of("safari/call")
    only_98 = text.replace(
        "a=fmtp:98 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f\r\n", ""
    )
    first = answer(only_98.replace("640c1f", "42e01f"), sources, H264_TOO)
    assert first.uplinks[1].codecs[0].payload_type == 96
    again = answer(text.replace("640c1f", "42e01f"), sources, H264_TOO, first)
    assert again.uplinks[1].codecs[0].payload_type == 96


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        ("v=0\r\n", "", "does not begin with v=0"),
        ("s=-", "s=\x00", "not printable ASCII"),
        ("s=-", "s=" + "x" * 70_000, "longer than"),
        ("s=-", "s=-" + "\na=x" * 4001, "more than 4000 lines"),
        ("s=-", "s=\rx", "carriage return"),
        ("m=audio 9", "m=audio nine", "m-line 0 is malformed"),
        ("a=mid:0", "a=mid:1", "same mid"),
        ("a=mid:0", "a=mid:0 evil", "no mid"),
        ("a=mid:0", "a=mid:" + "0" * 17, "no mid"),
        ("a=group:BUNDLE 0 1 2 3 4", "a=group:LS 0 1", "BUNDLE"),
        ("a=setup:actpass", "a=setup:passive", "setup"),
        ("a=rtcp-mux", "a=rtcp-mix", "rtcp-mux"),
        ("a=ice-ufrag:", "a=ice-ufrag:!", "ice-ufrag"),
        ("a=ice-pwd:", "a=ice-pwd:x\r\na=was:", "ice-pwd"),
        ("a=fingerprint:sha-256", "a=fingerprint:sha-1", "no fingerprint"),
        ("a=fingerprint:sha-256 ", "a=fingerprint:sha-256 GG:", "no sha-256 digest"),
    ],
)
def test_what_is_wrong_in_an_offer_is_named(old: str, new: str, error: str) -> None:
    text, sources = Client().offer()
    with pytest.raises(NegotiationError, match=re.escape(error)) as caught:
        answer(text.replace(old, new), sources, LOCAL)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize(
    ("sources", "error"),
    [
        ({"9": "camera"}, "does not have"),
        ({"0": "camera"}, "another kind"),
        ({"1": "camera", "3": "camera"}, "same source"),
    ],
)
def test_sources_must_fit_the_offer(sources: dict[str, Source], error: str) -> None:
    with pytest.raises(NegotiationError, match=error):
        answer(Client().offer()[0], sources, LOCAL)


def test_too_many_m_lines_are_refused() -> None:
    with pytest.raises(NegotiationError, match="more than 32 m-lines"):
        answer(Client().offer(video_slots=40)[0], {}, LOCAL)


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


def test_too_many_fingerprints_are_refused() -> None:
    text, sources = Client().offer()
    many = "".join(f"a=fingerprint:sha-256 {':'.join([f'{n:02X}'] * 32)}\r\n" for n in range(9))
    with pytest.raises(NegotiationError, match="more than 8 fingerprints"):
        answer(text.replace("a=setup", many + "a=setup", 1), sources, LOCAL)


REPEATED = {
    "formats": ("a=rtpmap:96 VP8/90000", ["a=rtpmap:96 VP8/90000", "a=rtcp-fb:* x{}"]),
    "parameters": ("a=rtpmap:96 VP8/90000", ["a=fmtp:96 x{}=1"]),
    "extensions": ("a=rtpmap:96 VP8/90000", ["a=extmap:{} urn:x{}"]),
    "session": ("t=0 0", ["a=x{}:y"]),
    "ssrcs": ("a=rtpmap:96 VP8/90000", ["a=ssrc:{} cname:x", "a=ssrc-group:FID {} {}"]),
    "layers": ("a=rtpmap:96 VP8/90000", ["a=rid:r{} send"]),
}


def swollen(kind: str, times: int) -> str:
    """An offer of 20 m-lines that says some things again and again."""
    at, lines = REPEATED[kind]
    more = "".join(f"\r\n{line}".replace("{}", str(n)) for n in range(times) for line in lines)
    text = Client().offer((), audio_slots=1, video_slots=19)[0]
    return text.replace(at, at + more, 1)


def steps(text: str) -> int:
    """How many calls it takes to answer."""
    profile = cProfile.Profile()
    profile.runcall(answer, text, {}, LOCAL)
    return sum(entry.callcount for entry in profile.getstats())


@pytest.mark.parametrize("kind", REPEATED)
def test_an_offer_twice_as_long_takes_at_most_twice_the_steps(kind: str) -> None:
    none, once, twice = (steps(swollen(kind, times)) for times in (0, 200, 400))
    assert twice - none <= 2.1 * (once - none) + 100


def test_the_answer_is_determined_by_its_arguments() -> None:
    text, sources = offer_of("chromium/call")
    twice = [
        answer(text, sources, LOCAL, random_bytes=random.Random(7).randbytes) for _ in range(2)
    ]
    assert twice[0] == twice[1]


KNOWN_ANSWER_LINE = re.compile(
    r"v=0|o=- \d+ \d+ IN IP4 127\.0\.0\.1|s=-|t=0 0|c=IN IP4 [\d.]+|b=TIAS:\d+"
    r"|m=[a-z]+ \d+ [A-Za-z0-9/]+( [A-Za-z0-9_.-]+)+|a=[a-z-]+(:[ -~]+)?"
)
ALTERED_LINES = st.sampled_from(
    [
        "m=video 9 UDP/TLS/RTP/SAVPF 96",
        "a=mid:0",
        "a=mid:\x0bx",
        "a=group:BUNDLE 0 1",
        "a=rtpmap:96 VP8/90000",
        "a=rtpmap:999 VP8/90000",
        "a=fmtp:97 apt=96",
        "a=fmtp:96 ;=;",
        "a=rtcp-fb:* nack",
        "a=extmap:1 urn:x",
        "a=extmap:15/sendonly urn:y",
        "a=ssrc:99999999999 x",
        "a=ssrc-group:FID 1 2",
        "a=setup:active",
        "a=recvonly",
        "a=inactive",
        "a=fingerprint:sha-256",
        "a=ice-ufrag:\n",
        "a=bundle-only",
        "m=",
    ]
) | st.text(max_size=40)


@settings(max_examples=effort(100, long=5000), deadline=None)
@given(st.sampled_from(CASES), st.data())
def test_altered_offers_are_answered_soundly_or_refused(case: str, data: st.DataObject) -> None:
    text, sources = offer_of(case)
    lines = text.split("\r\n")
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(lines) - 1))
        lines[at : at + data.draw(st.integers(0, 3))] = data.draw(
            st.lists(ALTERED_LINES, max_size=2)
        )
    for line in answer_or_error("\r\n".join(lines), sources):
        assert len(line) < 200
        assert KNOWN_ANSWER_LINE.fullmatch(line), line


def answer_or_error(text: str, sources: dict[str, Source]) -> list[str]:
    """The lines of the answer, or the error as if it were a line of one;
    it must be a single line.
    """
    try:
        return answer(text, sources, H264_TOO).answer.removesuffix("\r\n").split("\r\n")
    except NegotiationError as error:
        return [f"a=error:{error}"]


@settings(max_examples=effort(100, long=5000), deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_refused(text: str) -> None:
    with pytest.raises(NegotiationError):
        answer(text, {}, LOCAL)
