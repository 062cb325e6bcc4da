"""STUN and TURN URLs are read as strictly as browsers read them."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signaling.config.iceurl import IceUrl, parse


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("stun:stun.example.org", IceUrl("stun", "stun.example.org", 3478, "udp")),
        ("stuns:192.0.2.1:443", IceUrl("stuns", "192.0.2.1", 443, "tcp")),
        ("turn:[2001:db8::1]:3478?transport=udp", IceUrl("turn", "2001:db8::1", 3478, "udp")),
        ("turn:t.example", IceUrl("turn", "t.example", 3478, "udp")),
        ("turn:t.example?transport=tcp", IceUrl("turn", "t.example", 3478, "tcp")),
        ("turns:t.example:443?transport=tcp", IceUrl("turns", "t.example", 443, "tcp")),
        ("turns:t.example", IceUrl("turns", "t.example", 5349, "tcp")),
    ],
)
def test_what_the_rfcs_allow_is_read(text: str, url: IceUrl) -> None:
    assert parse(text) == url


@pytest.mark.parametrize(
    "text",
    [
        "turn:127.0.0.1:abc",
        "turn:t.example:0",
        "turn:t.example:65536",
        "turn:t.example:",
        "turn:",
        "turn://t.example",
        "turn:user@t.example",
        "turn:2001:db8::1",
        "turn:[2001:db8::g]",
        "turn:[127.0.0.1]",
        "turn:t.example?transport=sctp",
        "turn:t.example?transport=udp&x=1",
        "turns:t.example?transport=udp",
        "stun:s.example?transport=udp",
        "http://s.example",
        "turn:t .example",
        " turn:t.example",
        "turn:t.example\n",
        "",
    ],
)
def test_anything_else_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(ValueError, match=r"^(?!.*example)."):
        parse(text)


@given(st.text() | st.from_regex(r"turns?:[^ ]*", fullmatch=True))
def test_no_text_makes_the_parser_fail_otherwise(text: str) -> None:
    with suppress(ValueError):
        assert 1 <= parse(text).port <= 65535
