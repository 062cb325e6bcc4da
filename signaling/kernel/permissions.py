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
    "account.write",
    "appointment.read",
    "appointment.write",
    "call.initiate",
    "chat.erase",
    "crisis.erase",
    "crisis.view",
    "call.list",
    "call.list_all",
    "emergency.acknowledge",
    "feed.own",
    "intake.pull",
    "intake.read",
    "intake.write",
    "log.read",
    "note.own",
    "patient.assign",
    "people.list",
    "patient.read",
    "patient.write",
    "patients.list",
    "place.erase",
    "place.own",
    "place.view",
    "recording.list",
    "recording.own",
    "recording.ask",
    "recording.answer",
    "recording.read",
    "recording.play",
    "recording.download",
    "recording.unlock",
    "recording.approve",
    "recording.override",
    "recording.review",
    "recording.watch",
    "recording.erase",
    "recording.hold",
    "relay.observe",
]

ALLOWED: dict[Action, frozenset[Role]] = {
    "account.write": frozenset({"admin"}),
    "appointment.read": frozenset({"patient", "provider", "admin"}),  # of whom: clinical
    "appointment.write": frozenset({"provider", "admin"}),
    "call.initiate": frozenset({"provider"}),
    "call.list": frozenset({"provider", "patient", "compliance", "admin", "guest"}),
    "call.list_all": frozenset({"compliance", "admin"}),  # others see the calls they took part in
    "chat.erase": frozenset({"compliance", "provider"}),  # of which calls: clinical
    "crisis.erase": frozenset({"compliance"}),
    "crisis.view": frozenset({"provider"}),  # of calls whose provider they are: clinical
    "feed.own": frozenset({"provider"}),
    "intake.pull": frozenset({"provider"}),
    "intake.read": frozenset({"patient", "provider"}),  # of whom: clinical
    "intake.write": frozenset({"patient", "admin"}),  # the host platform, or one's own
    "emergency.acknowledge": frozenset({"admin"}),
    "log.read": frozenset({"compliance"}),  # an administrator's own acts are in it
    "note.own": frozenset({"provider"}),  # nobody else's, whoever asks
    "patient.assign": frozenset({"admin"}),
    "people.list": frozenset({"provider", "admin"}),
    "patient.read": frozenset({"provider", "admin"}),
    "patient.write": frozenset({"provider", "admin"}),
    "patients.list": frozenset({"provider"}),
    "place.erase": frozenset({"compliance"}),
    "place.own": frozenset({"patient"}),
    "place.view": frozenset({"provider"}),  # of calls whose provider they are: clinical
    "recording.list": frozenset({"compliance"}),
    "recording.own": frozenset({"patient"}),  # those of calls whose patient they were
    "recording.ask": frozenset({"patient"}),
    "recording.answer": frozenset({"compliance"}),
    "recording.read": frozenset({"compliance"}),
    "recording.play": frozenset({"compliance"}),
    "recording.download": frozenset({"compliance"}),
    "recording.unlock": frozenset({"compliance"}),  # ask somebody else for it
    "recording.approve": frozenset({"compliance", "admin"}),  # never what they asked for themselves
    "recording.override": frozenset({"provider"}),  # in an emergency, of calls they took part in
    "recording.review": frozenset({"compliance"}),  # whether that was justified
    "recording.watch": frozenset({"compliance", "provider"}),  # within a playback of their own
    "recording.erase": frozenset({"compliance"}),
    "recording.hold": frozenset({"compliance"}),
    "relay.observe": frozenset({"ops", "admin"}),
}

CallAction = Literal[
    "call.answer", "call.crisis", "call.disconnect", "call.extend", "call.invite", "call.record"
]

SIDES: dict[CallAction, Side] = {
    "call.answer": "patient",
    "call.crisis": "provider",
    "call.disconnect": "provider",
    "call.extend": "provider",
    "call.invite": "provider",
    "call.record": "provider",
}
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
