"""Who may do what: the only place that tells.

This table knows roles. Whose call it is (a provider and a patient act on their own calls only) is checked where the
call is known, in calls/switchboard.py; whom a provider can see and call at all is `can_call` in storage/users.py.
"""

from typing import Literal

from signaling.actor import Actor
from signaling.problem import ProblemError
from signaling.resources import Role

Action = Literal[
    "call.initiate",
    "call.answer",
    "call.take_part",
    "call.share_screen",
    "call.list",
    "call.list_all",
    "patients.list",
    "recording.list",
    "recording.read",
    "recording.play",
    "recording.download",
    "relay.observe",
]

ALLOWED: dict[Action, frozenset[Role]] = {
    "call.initiate": frozenset({"provider"}),
    "call.answer": frozenset({"patient"}),
    "call.take_part": frozenset({"provider", "patient"}),
    "call.share_screen": frozenset({"provider"}),
    "call.list": frozenset({"provider", "patient", "compliance", "admin"}),
    "call.list_all": frozenset({"compliance", "admin"}),  # others see the calls they took part in
    "patients.list": frozenset({"provider"}),
    "recording.list": frozenset({"compliance"}),
    "recording.read": frozenset({"compliance"}),
    "recording.play": frozenset({"compliance"}),
    "recording.download": frozenset({"compliance"}),
    "relay.observe": frozenset({"ops", "admin"}),
}


def may(role: Role, action: Action) -> bool:
    """Whether a role may do it at all."""
    return role in ALLOWED[action]


def require(actor: Actor, action: Action) -> None:
    """Raises a 403 ProblemError unless the actor's role may do it."""
    if not may(actor.role, action):
        allowed = " or ".join(sorted(ALLOWED[action]))
        detail = f"This needs the role {allowed}; you are signed in as {actor.role}."
        raise ProblemError(403, "forbidden", "Not allowed", detail)
