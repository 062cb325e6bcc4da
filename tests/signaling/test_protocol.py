"""PROTOCOL.md says what the code does: every example decodes, every message, code
and close code is there.
"""

import re
from pathlib import Path
from typing import get_args

import msgspec
import pytest
from aiohttp import web

from signaling.http.endpoint import endpoint
from signaling.http.problem import Problem
from signaling.http.routes import ROUTES
from signaling.kernel.content import Content, Stream
from signaling.kernel.routes import TELEMEDICINE
from signaling.kernel.words import CaptureReason, EndReason
from signaling.problems import TEXTS
from signaling.recordings.messages import RecordingState
from signaling.websocket.closing import Close
from signaling.websocket.messages import ClientMessage, ServerMessage

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "PROTOCOL.md").read_text()
EXAMPLES = re.compile(r"^```json\n(.*?)^```", re.MULTILINE | re.DOTALL)
CLIENT = {message.__struct_config__.tag: message for message in get_args(ClientMessage)}
SERVER = {message.__struct_config__.tag: message for message in get_args(ServerMessage)}
TOLD = (
    "(call|break-glass|appointments|notes|ops/|audit|own-|patients|providers|recording-"
    "|connection-tests|consents$|recordings$"
    "|recordings/.*/(parts|holds|erase|key-opened|damage|stills|unlocks|exports))"
)
OURS = [route for route in ROUTES if re.match(rf"{TELEMEDICINE}/{TOLD}", route.path)]


def chapter(title: str) -> dict[str, list[str]]:
    """Heading of a section → its examples."""
    body = TEXT.partition(f"\n## {title}\n")[2].partition("\n## ")[0]
    sections = re.split(r"^### ", body, flags=re.MULTILINE)[1:]
    return {section.partition("\n")[0]: EXAMPLES.findall(section) for section in sections}


@pytest.mark.parametrize(("title", "union", "types"), [
    ("From the browser", ClientMessage, CLIENT),
    ("From the server", ServerMessage, SERVER),
])  # fmt: skip
def test_every_message_is_told_with_an_example(
    title: str, union: object, types: dict[object, object]
) -> None:
    sections = chapter(title)
    told = set()
    for heading, examples in sections.items():
        assert len(examples) == 1, heading
        message = msgspec.json.decode(examples[0], type=union)
        told.add(message.__struct_config__.tag)
        assert heading.startswith(f"`{message.__struct_config__.tag}`")
        assert set(msgspec.json.decode(examples[0])) == {"type", *message.__struct_fields__}, (
            "an example shows all"
        )
    assert told == set(types)


@pytest.mark.parametrize("route", OURS, ids=lambda route: f"{route.method} {route.path}")
def test_every_endpoint_of_a_call_is_told_with_examples(route: object) -> None:
    assert isinstance(route, type(ROUTES[0]))
    examples = chapter("HTTP")[f"`{route.method} {route.path}`"]
    answers = endpoint(route)
    types = [
        kind
        for kind in (answers.body, answers.returns)
        if kind not in {None, type(None), web.StreamResponse, Content, Stream}
    ]
    assert len(examples) == len(types)
    for example, kind in zip(examples, types, strict=True):
        decoded = msgspec.json.decode(example, type=kind)
        assert set(msgspec.json.decode(example)) == set(decoded.__struct_fields__)


def test_every_endpoint_told_exists() -> None:
    known = {f"`{route.method} {route.path}`" for route in ROUTES}
    assert set(chapter("HTTP")) <= known


def test_the_example_of_an_error_is_one() -> None:
    [example] = re.findall(r"^```json problem\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
    msgspec.json.decode(example, type=Problem)


def test_every_word_of_the_protocol_is_told() -> None:
    states = get_args(
        next(f.type for f in msgspec.structs.fields(RecordingState) if f.name == "state")
    )
    words = (*get_args(EndReason), *states, *get_args(CaptureReason))
    for word in (*words, *(str(int(code)) for code in Close)):
        assert re.search(rf"\W{word}\W", TEXT), word


def test_every_error_code_is_told() -> None:
    listed = re.findall(r"^- [0-9, ]+([^:]+):", TEXT.partition("## Error codes")[2], re.MULTILINE)
    told = [code for codes in listed for code in re.findall(r"`(\w+)`", codes)]
    assert len(told) == len(set(told))
    assert set(told) == set(TEXTS)
