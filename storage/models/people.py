"""Who signs in, and what a practice has on record of its patients."""

from datetime import date, datetime

from sqlalchemy import JSON, Date, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, Id, one_of
from storage.words import Role


class User(Base):
    """Somebody who can sign in: with a password here, or with a token of the host platform.

    Issuer and subject together say who it is: two issuers may call two people the same.
    """

    __tablename__ = "users"
    __table_args__ = (
        one_of("role", Role),
        Index("uq_users_issuer_subject", "issuer", "subject", unique=True),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    """What everybody calls them. Who comes with tokens is called what the platform calls them."""
    issuer: Mapped[str | None] = mapped_column(String(255))
    """Who vouches for them: LOCAL_ISSUER of a password here, else the `iss` of their tokens.

    None of who came with a token before issuers were kept, until a server starts (`users.adopt`).
    """
    subject: Mapped[str] = mapped_column(String(255))
    """What the issuer calls them, and nobody else, ever: a local account's id, a token's `sub`."""
    username: Mapped[str | None] = mapped_column(String(128), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    role: Mapped[Role] = mapped_column(String(16), index=True)
    email: Mapped[str | None] = mapped_column(String(254))
    """Where letters go; a family may share one."""
    password_hash: Mapped[str | None] = mapped_column(String(255))
    demo: Mapped[bool]
    disabled: Mapped[bool]
    created_at: Mapped[datetime]
    token_issued_at: Mapped[datetime | None]
    """When the token was issued that the role and name are from:
    an older one must not bring an old role back.
    """


class Patient(Base):
    """What is on record of a patient beside name and e-mail address, in the words of FHIR R4's
    Patient. There is none before something was said.
    """

    __tablename__ = "patients"

    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), primary_key=True)
    pronouns: Mapped[str | None] = mapped_column(String(60))
    birth_date: Mapped[date | None] = mapped_column(Date, index=True)
    birth_date_noted_at: Mapped[datetime | None]
    """When it was last given, changed or taken away: what is kept by it is kept for a notice after.
    """
    language: Mapped[str | None] = mapped_column(String(35))
    time_zone: Mapped[str | None] = mapped_column(String(64))
    phone: Mapped[str | None] = mapped_column(String(16))
    contact_name: Mapped[str | None] = mapped_column(String(200))
    contact_relationship: Mapped[str | None] = mapped_column(String(100))
    contact_phone: Mapped[str | None] = mapped_column(String(16))
    address: Mapped[list[str]] = mapped_column(JSON)
    updated_at: Mapped[datetime]


class CareRelation(Base):
    """A provider cares for a patient."""

    __tablename__ = "care_relations"

    provider_id: Mapped[str] = mapped_column(ForeignKey("users.id"), primary_key=True)
    patient_id: Mapped[str] = mapped_column(ForeignKey("users.id"), primary_key=True, index=True)
    since: Mapped[datetime]


class AccountInvitation(Base):
    """A link by which somebody sets a password. The secret in it is known to its letter only."""

    __tablename__ = "account_invitations"

    token_sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    email: Mapped[str] = mapped_column(String(254))
    """Where it was sent."""
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(ForeignKey("users.id"))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    send_at: Mapped[datetime | None] = mapped_column(index=True)
    """When its letter is sent next, should nobody have sent it by then; none: it was."""


class LoginSession(Base):
    """A signed-in browser. The token itself is known to the browser only."""

    __tablename__ = "login_sessions"

    token_sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    guest_link_id: Mapped[str | None] = mapped_column(ForeignKey("guest_links.id"), index=True)
    """The link by which they came, and beyond which they see nothing."""


class LoginDevice(Base):
    """A browser that a user has signed in with before, for
    which the limits of strangers do not count.
    """

    __tablename__ = "login_devices"

    token_sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), primary_key=True, index=True)
    used_at: Mapped[datetime]


class PushSubscription(Base):
    """A browser that rings while its page is closed."""

    __tablename__ = "push_subscriptions"

    endpoint_sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    endpoint: Mapped[str] = mapped_column(String(2000))
    """Where its push service takes messages; whoever knows it and has our key can make it ring."""
    put_at: Mapped[datetime]
