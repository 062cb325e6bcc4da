"""Who signs in."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
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
    password_hash: Mapped[str | None] = mapped_column(String(255))
    demo: Mapped[bool]
    disabled: Mapped[bool]
    created_at: Mapped[datetime]
    token_issued_at: Mapped[datetime | None]
    """When the token was issued that the role and name are from:
    an older one must not bring an old role back.
    """


class LoginSession(Base):
    """A signed-in browser. The token itself is known to the browser only."""

    __tablename__ = "login_sessions"

    token_sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class LoginDevice(Base):
    """A browser that a user has signed in with before, for
    which the limits of strangers do not count.
    """

    __tablename__ = "login_devices"

    token_sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), primary_key=True, index=True)
    used_at: Mapped[datetime]
