"""Who may do what."""

from typing import get_args

import pytest

from signaling.http.problem import status
from signaling.kernel.actor import Actor
from signaling.kernel.errors import DomainError
from signaling.kernel.permissions import ALLOWED, Action, may, require
from signaling.kernel.words import Role
from signaling.problems import detail

OF_PATIENTS = {"recording.own", "recording.ask"}
"""What they learn of recordings of their own calls, and ask for; it plays and erases none."""


def test_every_action_names_who_may_do_it() -> None:
    assert set(ALLOWED) == set(get_args(Action))
    assert all(roles for roles in ALLOWED.values())


@pytest.mark.parametrize("role", get_args(Role))
def test_only_compliance_reaches_recordings_and_only_providers_start_calls(role: Role) -> None:
    for action in get_args(Action):
        if action in OF_PATIENTS:
            assert may(role, action) == (role == "patient")
        elif action == "recording.override":  # in an emergency, and not unseen
            assert may(role, action) == (role == "provider")
        elif action == "recording.watch":  # what they were let in to
            assert may(role, action) == (role in {"compliance", "provider"})
        elif action == "recording.approve":  # which opens nothing to who does so
            assert may(role, action) == (role in {"compliance", "admin"})
        elif action.startswith("recording."):
            assert may(role, action) == (role == "compliance")
    assert may(role, "appointment.read") == (role in {"patient", "provider", "admin"})
    assert may(role, "appointment.write") == (role in {"provider", "admin"})
    assert may(role, "log.read") == (role == "compliance")
    assert may(role, "call.initiate") == (role == "provider")
    assert may(role, "relay.observe") == (role in {"ops", "admin"})


def test_the_refusal_says_which_role_it_takes() -> None:
    with pytest.raises(DomainError) as caught:
        require(Actor("u", "U", "patient"), "relay.observe")
    assert (status(caught.value), caught.value.code) == (403, "forbidden")
    assert detail(caught.value) == "This needs the role admin or ops; you are signed in as patient."


def test_an_actor_keeps_name_and_address_out_of_logs() -> None:
    assert (
        repr(Actor("u", "Alex Morgan", "patient", "192.0.2.1", "Firefox"))
        == "Actor(user_id='u', role='patient', guest=None)"
    )
