"""What the rooms raise when something asked of them cannot be done: a kind, a code
and what it concerns.

The classes are kinds; a code names one error for programs and never changes. Nothing here knows of
HTTP, WebSockets or sentences: those are made of an error by the shells and by
`signaling/problems.py`.
"""
# ruff: noqa: N818 - the names say what happened; every one of them is an error

import math
from collections.abc import Sequence

Parameter = str | int | Sequence[str]


class DomainError(Exception):
    """What all errors of the application derive from."""

    def __init__(
        self,
        code: str,
        *,
        reason: str | None = None,
        retry_after: float | None = None,
        **parameters: Parameter,
    ) -> None:
        """`reason` tells apart what has the same code; `retry_after` is seconds
        until it may work.
        """
        self.retry_after = None if retry_after is None else math.ceil(retry_after)
        if self.retry_after is not None:
            parameters["seconds"] = self.retry_after
        self.code = code
        self.reason = reason
        self.parameters = parameters
        named = [f"{name}={value!r}" for name, value in parameters.items()]
        super().__init__(" ".join((code, *([reason] if reason else []), *named)))


class Malformed(DomainError):
    """It cannot be read."""


class Invalid(DomainError):
    """It can be read, and cannot be done as it is."""


class SignInRequired(DomainError):
    """Nobody is signed in, or no longer."""


class NotAllowed(DomainError):
    """It is not theirs to do."""


class NotFound(DomainError):
    """There is none, or none of theirs."""


class Conflict(DomainError):
    """Not in the state that things are in."""


class TooLarge(DomainError):
    """More than is taken, whatever it is."""


class OutOfRange(DomainError):
    """It asks for what lies beyond the end; `size` is where that is."""


class TooMany(DomainError):
    """They ask too often."""


class Damaged(DomainError):
    """What is stored is not as it was written."""


class Unavailable(DomainError):
    """Not now, for a reason that lies with the server."""


class Failed(DomainError):
    """A fault of ours, which is in the log."""
