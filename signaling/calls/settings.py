"""What the calls need of the configuration."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from signaling import config
from signaling.calls.messages import IceServer
from signaling.identity.scope import Scope
from signaling.mail.mailer import Mailer
from signaling.recordings.room import LongestCall
from signaling.recordings.texts import Texts


class Appointments(Protocol):
    """What calls are held for, known here by ids alone."""

    async def require(
        self, tx: AsyncSession, appointment_id: str, provider_id: str, patient_id: str
    ) -> None:
        """Raises NotFound unless it is of those two, Conflict if no call is held for it."""

    async def held(self, tx: AsyncSession, appointment_id: str, at: datetime) -> None:
        """A call for it was held, and is over."""


@dataclass(frozen=True)
class CallSettings:
    """Sections of config.toml as they are, and what is derived from others."""

    calls: config.Calls
    emergency: config.Emergency
    mailer: Mailer
    public_url: str
    """Of the pages, for whoever is alerted elsewhere."""
    consent: Texts
    appointments: Appointments
    ice_servers: Callable[[], list[IceServer]]
    """STUN and TURN servers, with credentials made at that moment."""
    guests_stay: timedelta
    """For how long whoever came into a call by a link stays signed in once it is over."""
    longest: LongestCall = LongestCall(60, 2500)  # noqa: RUF009  a frozen value
    """What a recording may have to hold."""
    scope: Scope = Scope()  # noqa: RUF009  a frozen value
    """Whom a provider can call."""
