"""Who somebody is, and whom they know."""

from datetime import date, datetime
from typing import Annotated

from msgspec import Meta

from signaling.kernel.messages import LINE, UserId
from signaling.kernel.resources import Request, Resource
from signaling.kernel.words import GuestStanding, Role, Side


class Credentials(Request):
    """POST auth/login"""

    username: Annotated[str, Meta(min_length=1, max_length=128, pattern=LINE)]
    password: Annotated[str, Meta(min_length=1, max_length=1024)]


class Identity(Resource):
    """GET auth/me; also the reply of auth/login,
    and of auth/session (bearer token exchanged for a cookie).
    """

    user_id: UserId
    name: str
    role: Role
    expires_at: datetime
    guest: bool = False
    """They came by a link, and are here for the calls that it leads to only."""


class GuestToken(Request):
    """POST auth/guest and auth/guest/enter"""

    token: Annotated[str, Meta(min_length=1, max_length=128)]
    """From the fragment of the link."""


class GuestStay(Resource):
    """What a link leads to; the reply of POST auth/guest, and GET auth/guest of whoever is in."""

    standing: GuestStanding
    practice_name: str
    practice_phone: str
    side: Side
    starts_at: datetime | None
    """Of the appointment; null: the link leads into a call that runs."""
    ends_at: datetime | None
    opens_at: datetime | None
    """From when on it lets in."""
    time_zone: str | None
    """In which the appointment was agreed on."""
    provider_name: str | None
    """Only for whoever is in, as is the next one."""
    appointment_id: str | None


class Patient(Resource):
    """One of GET patients (providers only)."""

    user_id: UserId
    name: str
    birth_date: date | None
    """Tells apart who has the same name."""
    online: bool
    last_call_at: datetime | None


class PatientList(Resource):
    patients: list[Patient]
