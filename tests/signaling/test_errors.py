"""The table of errors and the errors that are raised: each has the other."""

import ast
import string
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from signaling import problems
from signaling.http import problem as over_http
from signaling.kernel import errors
from signaling.kernel.errors import Conflict, DomainError, TooMany
from signaling.problems import TEXTS
from signaling.websocket import problem as over_websocket

ROOT = Path(__file__).parents[2] / "signaling"
KINDS = {
    kind.__name__
    for module in (errors, over_http)
    for kind in vars(module).values()
    if isinstance(kind, type) and issubclass(kind, DomainError)
}
UNNAMED = {"retry_after", "reason"}


@dataclass(frozen=True)
class Made:
    """An error as a line of the source makes it."""

    where: str
    code: str
    reason: str | None
    parameters: frozenset[str]


def made() -> Iterator[Made]:
    """Every error that the application makes; each names its code and reason outright,
    or this fails.
    """
    for path in sorted(ROOT.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in KINDS
            ):
                yield _read(node, f"{path.name}:{node.lineno}")


def _read(call: ast.Call, where: str) -> Made:
    named = {keyword.arg or "": keyword.value for keyword in call.keywords}
    [code] = call.args
    reason = named.get("reason")
    assert isinstance(code, ast.Constant), where
    assert isinstance(code.value, str), where
    assert reason is None or isinstance(reason, ast.Constant), where
    given = named.keys() - UNNAMED | ({"wait", "seconds"} if "retry_after" in named else set())
    text = reason.value if isinstance(reason, ast.Constant) else None
    assert text is None or isinstance(text, str), where
    return Made(where, code.value, text, frozenset(given))


MADE = tuple(made())
TEMPLATES = {
    (code, reason): template
    for code, text in TEXTS.items()
    for reason, template in ((None, text.detail), *text.reasons.items())
    if template is not None
}


def test_every_error_that_is_raised_has_its_text_and_every_text_is_raised() -> None:
    assert len(MADE) > 80
    assert {(error.code, error.reason) for error in MADE} == set(TEMPLATES)


def test_every_text_is_given_what_it_names() -> None:
    for error in MADE:
        template = TEMPLATES[error.code, error.reason]
        wanted = {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}
        assert wanted <= error.parameters, error.where


def test_every_kind_has_a_status() -> None:
    assert {kind.__name__ for kind in over_http.STATUSES} == KINDS - {"DomainError"}


def test_no_room_knows_of_http_statuses_or_sentences() -> None:
    shells = ("http", "websocket", "cli")
    rooms = [path for path in ROOT.rglob("*.py") if path.relative_to(ROOT).parts[0] not in shells]
    for path in rooms:
        assert "HTTPStatus" not in path.read_text(), path
        assert "WWW-Authenticate" not in path.read_text(), path
        assert "Retry-After" not in path.read_text(), path


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.2, "1 second"), (1, "1 second"), (1.5, "2 seconds")]
)
def test_who_has_to_wait_is_told_for_how_long(seconds: float, words: str) -> None:
    error = TooMany("too_many_requests", retry_after=seconds)
    told = over_http.of_error(error)
    assert told.status == 429
    assert told.detail == f"Too many requests. Please try again in {words}."
    assert told.parameters == {"seconds": int(words[0])}
    assert over_http.headers(error) == {"Retry-After": words[0]}


def test_both_shells_say_the_same() -> None:
    error = Conflict("call_over", reason="missed")
    http = over_http.of_error(error)
    websocket = over_websocket.message(error, "call_start", "room-1")
    assert (http.status, http.detail) == (409, "The call is over: nobody answered in time.")
    for name in ("title", "detail", "code", "reason", "parameters"):
        assert getattr(http, name) == getattr(websocket, name)
    assert (websocket.in_reply_to, websocket.room_id) == ("call_start", "room-1")


def test_several_words_are_joined_as_their_sentence_wants_them() -> None:
    role = errors.NotAllowed("forbidden", reason="role", roles=["admin", "ops"], role="patient")
    assert (
        problems.detail(role) == "This needs the role admin or ops; you are signed in as patient."
    )
    unknown = errors.NotAllowed("unknown_role", roles=("patient", "provider"))
    assert problems.detail(unknown) == "The token's role is none of patient, provider."
    assert problems.parameters(unknown) == {"roles": ["patient", "provider"]}
