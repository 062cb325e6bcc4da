"""The words by which events are looked for."""

from collections import Counter
from typing import get_args

import pytest

from signaling.audit import groups
from signaling.audit.groups import GROUPS, OUTCOMES, AuditGroup, AuditOutcome
from storage.words import AuditAction


def test_each_action_is_in_one_group_and_has_one_outcome() -> None:
    for table, words in ((GROUPS, AuditGroup), (OUTCOMES, AuditOutcome)):
        assert set(table) == set(get_args(words))
        counted = Counter(action for actions in table.values() for action in actions)
        assert counted == Counter(get_args(AuditAction))


def test_group_and_outcome_together_are_what_is_in_both() -> None:
    assert groups.actions(None, None) is None
    assert groups.actions("access", "refused") == frozenset({"recording.denied"})
    assert groups.actions("keys", "failed") == frozenset()
    assert groups.actions(None, "failed") == OUTCOMES["failed"]


@pytest.mark.parametrize(
    ("action", "told"),
    [("user.signed_in", "done"), ("access.denied", "refused"), ("call.failed", "failed")],
)
def test_an_action_tells_how_it_ended(action: AuditAction, told: AuditOutcome) -> None:
    assert groups.outcome(action) == told
