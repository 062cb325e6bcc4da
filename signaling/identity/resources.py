"""Who somebody is, and whom they know."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta

from signaling.kernel.messages import LINE, UserId
from signaling.kernel.resources import Request, Resource
from signaling.kernel.words import Role


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


class Patient(Resource):
    """One of GET patients (providers only)."""

    user_id: UserId
    name: str
    online: bool
    last_call_at: datetime | None


class PatientList(Resource):
    patients: list[Patient]
