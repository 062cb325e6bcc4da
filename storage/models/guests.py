"""Links by which somebody without an account gets into one call."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, Id, one_of
from storage.words import GuestChannel, Side


class GuestLink(Base):
    """One person's way into the calls of one appointment, or into one call that runs."""

    __tablename__ = "guest_links"
    __table_args__ = (
        one_of("side", Side),
        one_of("channel", GuestChannel),
        CheckConstraint("(appointment_id IS NULL) <> (room_id IS NULL)", name="of_one"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    token_sha256: Mapped[str | None] = mapped_column(String(64), unique=True)
    """Of the secret in the link, which is made as the link is sent."""
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    """Who gets in by it."""
    side: Mapped[Side] = mapped_column(String(16))
    appointment_id: Mapped[str | None] = mapped_column(ForeignKey("appointments.id"), index=True)
    room_id: Mapped[str | None] = mapped_column(String(64), index=True)
    channel: Mapped[GuestChannel] = mapped_column(String(16))
    address: Mapped[str | None] = mapped_column(String(254))
    """An e-mail address, or a phone number (E.164)."""
    language: Mapped[str | None] = mapped_column(String(35))
    """Of the letter; none: the practice's."""
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(ForeignKey("users.id"))
    expires_at: Mapped[datetime | None]
    """Of a link into a call that runs; else it follows from the appointment."""
    sent_at: Mapped[datetime | None]
    opened_at: Mapped[datetime | None]
    """When its page was first looked at."""
    used_at: Mapped[datetime | None]
    """When somebody first came in by it."""
    browser_sha256: Mapped[str | None] = mapped_column(String(64))
    """Of the secret in the one browser that may come in again."""
    revoked_at: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
    """When a provider said that it is them."""
    confirmed_by: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
