"""The words of the audit log: what is written is listed, and what is listed is written."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

from signaling.config.file import keys
from signaling.kernel import permissions
from storage.words import AuditAction, SubjectType

SIGNALING = Path(permissions.__file__).parent.parent
ACTIONS = frozenset(get_args(AuditAction))
FILES = {"audit.key", "clinical.key", "consent.typ"}
NOT_EVENTS = {*get_args(permissions.Action), *get_args(permissions.CallAction), *keys(), *FILES}


def words() -> Iterator[str]:
    """Every string in the application that is written as an action is."""
    subjects = {action.partition(".")[0] for action in ACTIONS}
    for file in SIGNALING.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                subject, dot, verb = node.value.partition(".")
                if dot and subject in subjects and verb.isidentifier():
                    yield node.value


def test_every_action_that_is_written_is_listed_and_none_is_unused() -> None:
    assert set(words()) - NOT_EVENTS == ACTIONS


def test_events_are_made_in_one_place() -> None:
    makers = set()
    for file in SIGNALING.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("AuditEvent"):
                makers.add(file.relative_to(SIGNALING).as_posix())
    assert makers == {"kernel/auditing.py"}


def test_the_database_has_room_for_the_words() -> None:
    assert max(map(len, ACTIONS)) <= 64
    assert max(map(len, get_args(SubjectType))) <= 16
