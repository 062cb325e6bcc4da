"""Offers that are wrong, altered or endless: refused by name, or answered soundly."""

import cProfile
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relay.media import Source
from relay.negotiation.negotiate import NegotiationError, answer
from tests.relay.client import Client
from tests.relay.offers import CASES, H264_TOO, LOCAL, offer_of
from tests.support.effort import effort


def test_without_any_codec_in_common_the_offer_is_refused() -> None:
    text, sources = Client().offer()
    nothing = text.replace("VP8/90000", "VP7/90000").replace("opus/48000/2", "opus/16000")
    with pytest.raises(NegotiationError, match="no audio or video codec"):
        answer(nothing, sources, LOCAL)


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
