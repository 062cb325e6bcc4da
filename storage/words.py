"""The words that columns hold: types here, CHECK constraints in the database (`models.one_of`).

signaling declares the same words for everybody else; `tests/test_words.py` holds the two equal.
"""

from typing import Literal

Role = Literal["patient", "provider", "compliance", "ops", "admin"]
UserSource = Literal["local", "token"]
Side = Literal["patient", "provider", "interpreter", "relative", "supervisor", "observer"]
"""What somebody is in a call, whatever the role is that they sign in with."""
LeftReason = Literal["left", "removed", "declined", "missed", "call_ended"]
"""Of who never joined: `removed` is an invitation withdrawn, `call_ended` one that the call's end overtook."""
CallStatus = Literal["initiated", "active", "ended", "failed", "declined", "missed"]
Quality = Literal["poor", "fair", "good", "excellent"]
RecordingState = Literal["recording", "complete", "recovered", "failed"]
PartSource = Literal["camera", "screen"]
PartState = Literal["recording", "sealed", "recovered", "lost"]
PLAYABLE: tuple[PartState, ...] = ("sealed", "recovered")
Decision = Literal["given", "declined", "withdrawn"]
