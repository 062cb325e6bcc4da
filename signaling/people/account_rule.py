"""What may be done with accounts: pure."""

import re

from signaling.identity.passwords import MIN_LENGTH
from signaling.kernel.actor import Actor
from signaling.kernel.errors import Conflict, Invalid
from signaling.kernel.words import Role
from storage.models import User
from storage.words import LOCAL_ISSUER

USERNAME = r"[\w.@+-]{1,128}"
MAX_LENGTH = 1024
"""Of a password."""


def username(text: str | None) -> str | None:
    """Raises Invalid."""
    if text is not None and not re.fullmatch(USERNAME, text):
        raise Invalid("invalid_person", reason="username")
    return text


def password(text: str) -> str:
    """Raises Invalid."""
    if len(text) < MIN_LENGTH:
        raise Invalid("password_too_short", least=MIN_LENGTH)
    return text


def require_here(user: User) -> None:
    """Whoever comes with tokens has role and sign-in from their platform. Raises Conflict."""
    if user.issuer != LOCAL_ISSUER:
        raise Conflict("account_of_platform")


def require_others(actor: Actor, user: User, administrators: int) -> None:
    """Before an account is disabled or gets another role; of so many administrators who can sign in
    that is one, or none of them. Nobody takes away what they would need to bring it back.

    Raises Conflict.
    """
    if user.id == actor.user_id:
        raise Conflict("own_account")
    if user.role == "admin" and not user.disabled and administrators <= 1:
        raise Conflict("last_administrator")


def new_role(user: User, role: Role) -> bool:
    """Whether it is another one. A patient's record stays a patient's, and a guest a guest.

    Raises Conflict, Invalid.
    """
    if user.role == role:
        return False
    require_here(user)
    require_account(user.role)
    require_account(role)
    if "patient" in {user.role, role}:
        raise Conflict("patient_role")
    return True


def require_account(role: Role) -> None:
    """Guests are made by links alone, and have nothing to sign in with. Raises Invalid."""
    if role == "guest":
        raise Invalid("guest_role")
