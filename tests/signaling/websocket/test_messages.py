"""The typed messages: what is taken, and what a hostile page may send instead."""

from typing import get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from signaling.calls.messages import CallStart
from signaling.kernel.errors import DomainError
from signaling.problems import detail
from signaling.websocket.conversation import decode
from signaling.websocket.messages import ClientMessage, ServerMessage


def test_every_message_has_a_name_of_its_own() -> None:
    for union in (ClientMessage, ServerMessage):
        tags = [message.__struct_config__.tag for message in get_args(union)]
        assert len(tags) == len(set(tags))


def test_a_message_survives_the_wire() -> None:
    start = CallStart(room_id="room-1")
    assert decode(msgspec.json.encode(start)) == start


@pytest.mark.parametrize("room_id", ["", "x" * 65, "a b", "a\\u0000b", "../secret", "ключ"])
def test_a_room_id_is_plain(room_id: str) -> None:
    with pytest.raises(DomainError, match="room_id"):
        decode(f'{{"type": "call_start", "room_id": "{room_id}"}}')


json = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4)
    ),
)


@given(st.sampled_from([m.__struct_config__.tag for m in get_args(ClientMessage)]), json, json)
def test_any_json_is_a_message_or_a_named_error(kind: str, room_id: object, rest: object) -> None:
    message = {
        "type": kind,
        "room_id": room_id,
        "sdp": rest,
        "media": rest,
        "recording_consent": rest,
        "off": rest,
    }
    try:
        decode(msgspec.json.encode(message))
    except DomainError as problem:
        assert detail(problem)  # noqa: PT017 - raising is one of two right outcomes


@given(st.binary(max_size=200))
def test_any_bytes_are_a_message_or_a_named_error(data: bytes) -> None:
    with pytest.raises(DomainError):
        decode(data)


def test_a_deeply_nested_message_is_an_error() -> None:
    with pytest.raises(DomainError):
        decode('{"type": "call_start", "room_id": ' + "[" * 60_000)
