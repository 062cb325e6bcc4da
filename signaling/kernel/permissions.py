"""Who may do what: the only place that tells.

`ALLOWED` knows roles. What somebody may do in a call follows from their side in that very call,
whatever role their sign-in has: `SIDES`. Whose call it is at all is checked where it is known, in
calls/calls.py; whom a provider can see and call, in identity/scope.py.
"""

from typing import Literal

from signaling.kernel.actor import Actor
from signaling.kernel.errors import NotAllowed
from signaling.kernel.words import Role, Side

Action = Literal[
    "call.initiate",
    "call.list",
    "call.list_all",
    "emergency.acknowledge",
    "log.read",
    "patients.list",
    "recording.list",
    "recording.own",
    "recording.ask",
    "recording.answer",
    "recording.read",
    "recording.play",
    "recording.download",
    "recording.erase",
    "recording.hold",
    "relay.observe",
]

ALLOWED: dict[Action, frozenset[Role]] = {
    "call.initiate": frozenset({"provider"}),
    "call.list": frozenset({"provider", "patient", "compliance", "admin"}),
    "call.list_all": frozenset({"compliance", "admin"}),  # others see the calls they took part in
    "emergency.acknowledge": frozenset({"admin"}),
    "log.read": frozenset({"compliance"}),  # an administrator's own acts are in it
    "patients.list": frozenset({"provider"}),
    "recording.list": frozenset({"compliance"}),
    "recording.own": frozenset({"patient"}),  # those of calls whose patient they were
    "recording.ask": frozenset({"patient"}),
    "recording.answer": frozenset({"compliance"}),
    "recording.read": frozenset({"compliance"}),
    "recording.play": frozenset({"compliance"}),
    "recording.download": frozenset({"compliance"}),
    "recording.erase": frozenset({"compliance"}),
    "recording.hold": frozenset({"compliance"}),
    "relay.observe": frozenset({"ops", "admin"}),
}

CallAction = Literal["call.answer", "call.invite"]

SIDES: dict[CallAction, Side] = {"call.answer": "patient", "call.invite": "provider"}
"""What everybody may send follows from their capabilities: calls/participants.py."""


def require_side(side: Side, action: CallAction) -> None:
    """Raises NotAllowed unless it is that side's to do."""
    if side != SIDES[action]:
        raise NotAllowed("forbidden", reason="side", needed=SIDES[action], side=side)


def may(role: Role, action: Action) -> bool:
    """Whether a role may do it at all."""
    return role in ALLOWED[action]


def require(actor: Actor, action: Action) -> None:
    """Raises NotAllowed unless the actor's role may do it."""
    if not may(actor.role, action):
        raise NotAllowed("forbidden", reason="role", roles=sorted(ALLOWED[action]), role=actor.role)
