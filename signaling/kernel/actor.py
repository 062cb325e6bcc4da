"""Who is asking: the one value that permissions, calls and the audit log work with."""

from dataclasses import dataclass, field
from datetime import datetime

from signaling.kernel.words import Role


@dataclass(frozen=True)
class Actor:
    """A signed-in user and where the request came from.

    Names and addresses stay out of `repr`, so out of logs.
    """

    user_id: str
    name: str = field(repr=False)
    role: Role
    address: str | None = field(default=None, repr=False)
    """The client's IP address, as the nearest trusted proxy tells it."""
    user_agent: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Origin:
    """Where a request came from that nobody is known to have made."""

    address: str | None = field(repr=False)
    user_agent: str | None = field(repr=False)


@dataclass(frozen=True)
class Authenticated:
    """Who makes a request, and until when the session or the token behind it lasts."""

    actor: Actor
    expires_at: datetime
