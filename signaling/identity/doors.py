"""When a guest's link lets somebody in: pure."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from signaling.config import Guests
from signaling.kernel.words import GuestStanding
from storage.models import Appointment, GuestLink

NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Doors:
    """How long before an appointment they open, and how long after it they close."""

    early: timedelta
    grace: timedelta

    @classmethod
    def of(cls, guests: Guests) -> "Doors":
        """As configured."""
        return cls(timedelta(minutes=guests.early_minutes), timedelta(minutes=guests.grace_minutes))

    def opens_at(self, appointment: Appointment) -> datetime:
        """From when on its guests come in."""
        return appointment.starts_at - self.early

    def closes_at(self, link: GuestLink, appointment: Appointment | None) -> datetime:
        """From when on nobody comes in by the link."""
        if appointment is not None:
            return appointment.ends_at + self.grace
        return link.expires_at or NEVER

    def around(self, appointment: Appointment, now: datetime) -> GuestStanding:
        """Whether its people may come now, by whatever way."""
        if appointment.status in {"cancelled", "noshow"}:
            return "cancelled"
        if now >= appointment.ends_at + self.grace:
            return "over"
        return "early" if now < self.opens_at(appointment) else "open"

    def standing(
        self,
        link: GuestLink,
        appointment: Appointment | None,
        now: datetime,
        browser_sha256: str | None = None,
    ) -> GuestStanding:
        """By the appointment as it is now, wherever it was moved. `browser_sha256`: of whoever
        asks from outside.
        """
        if link.revoked_at is not None:
            return "revoked"
        if appointment is not None:
            if (standing := self.around(appointment, now)) != "open":
                return standing
        elif now >= self.closes_at(link, None):
            return "over"
        if browser_sha256 is not None and link.browser_sha256 not in {None, browser_sha256}:
            return "other_browser"
        return "open"

    def open_until(
        self, link: GuestLink, appointment: Appointment | None, now: datetime
    ) -> datetime:
        """Until when who came by it is signed in; long past, if it does not let anybody in now."""
        is_open = self.standing(link, appointment, now) == "open"
        return self.closes_at(link, appointment) if is_open else NEVER
