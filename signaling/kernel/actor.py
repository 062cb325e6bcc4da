"""Who is asking: the one value that permissions, calls and the audit log work with."""

from dataclasses import dataclass, field
from datetime import datetime

from signaling.kernel.words import Role


@dataclass(frozen=True)
class Guest:
    """Somebody came by a link, and is here for the calls that it leads to and for nothing else."""

    link_id: str
    appointment_id: str | None
    """For whose calls the link is; else it is for the call in that room."""
    room_id: str | None
    confirmed: bool
    """Whether a provider has said that it is them."""


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
    guest: Guest | None = None
    """None of who signed in with an account."""

    def reaches(self, room_id: str, appointment_id: str | None) -> bool:
        """Whether a call can be theirs: one that their link leads to; any, with an account."""
        guest = self.guest
        if guest is None:
            return True
        if guest.appointment_id is not None:
            return guest.appointment_id == appointment_id
        return guest.room_id == room_id


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
