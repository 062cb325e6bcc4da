"""Each word is spelled out once in a package, and means the same in all of them."""

import ast
from pathlib import Path
from typing import get_args

import pytest

from relay import media
from relay.recording import losses
from signaling.kernel import words
from storage import words as columns

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize(
    "word",
    [
        "Role",
        "Side",
        "CallStatus",
        "LeftReason",
        "Quality",
        "Condition",
        "RecordingState",
        "RecordingFilter",
        "ErasureBasis",
        "RequestKind",
        "PurposeOfUse",
        "EmergencyPurpose",
        "PartSource",
        "PartState",
        "Decision",
        "AppointmentStatus",
        "FeedShows",
        "GuestChannel",
        "IntakeSource",
        "PlaceAnswer",
        "CrisisEntry",
    ],
)
def test_the_database_has_the_words_of_the_application(word: str) -> None:
    assert set(get_args(getattr(columns, word))) == set(get_args(getattr(words, word)))


@pytest.mark.parametrize("word", ["Source", "PartSource", "Direction", "Quality", "Condition"])
def test_the_relay_has_the_words_of_the_application(word: str) -> None:
    assert get_args(getattr(media, word)) == get_args(getattr(words, word))


def test_what_a_recording_lacks_is_called_the_same_everywhere() -> None:
    assert get_args(losses.Medium) == get_args(words.Medium)
    assert get_args(losses.Cause) == get_args(words.LossCause)


@pytest.mark.parametrize("package", ["relay", "storage", "signaling"])
def test_nobody_spells_a_word_out_again(package: str) -> None:
    spelled: dict[frozenset[str], str] = {}
    for path in sorted((ROOT / package).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            values = _literal(node)
            if len(values) > 1:
                where = f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"
                assert values not in spelled, f"{where} repeats {spelled[values]}"
                spelled[values] = where
    assert spelled


def _literal(node: ast.AST) -> frozenset[str]:
    """The strings of `Literal["…", "…"]`; none of anything else."""
    if not (
        isinstance(node, ast.Subscript)
        and isinstance(node.value, ast.Name)
        and node.value.id == "Literal"
    ):
        return frozenset()
    values = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    return frozenset(str(value.value) for value in values if isinstance(value, ast.Constant))
