"""Whom somebody may know of: the one place that lists, look-ups by id and signing in all ask.

Who is out of scope is not there: a look-up by id finds as little as a list shows.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from signaling.kernel.words import Role
from storage import users
from storage.models import User
from storage.users import PatientSummary

GUESTS: tuple[Role, ...] = ("provider", "patient")
"""Who can be asked into a call of others; as what, calls/participants.py tells."""


@dataclass(frozen=True)
class Scope:
    """The rules of one server."""

    demo: bool = False
    """Whether it is in demo mode: the users of the demo are there only then."""

    def exists(self, user: User) -> bool:
        """Whether this server has such a user at all, able to sign in or not."""
        return self.demo or not user.demo

    def counts(self, user: User) -> bool:
        """Whether the user can sign in, and be reached by others."""
        return self.exists(user) and not user.disabled

    def can_call(self, provider: User, patient: User) -> bool:
        """Whether the provider may see that the patient is there, and call them."""
        return (
            provider.role == "provider"
            and patient.role == "patient"
            and self._can_meet(provider, patient)
        )

    async def patient(self, tx: AsyncSession, provider_id: str, patient_id: str) -> User | None:
        """The patient, if there is one with that id whom that provider can call."""
        provider, patient = await users.by_id(tx, provider_id), await users.by_id(tx, patient_id)
        return patient if provider and patient and self.can_call(provider, patient) else None

    async def patients(self, tx: AsyncSession, provider_id: str) -> Sequence[PatientSummary]:
        """Every patient whom that provider can call, by name."""
        provider = await users.by_id(tx, provider_id)
        if provider is None:
            return []
        return [
            found for found in await users.list_patients(tx) if self.can_call(provider, found.user)
        ]

    def can_invite(self, provider: User, guest: User) -> bool:
        """Whether the provider may see that the guest is there, and ask them into a call
        that runs.
        """
        return (
            provider.role == "provider" and guest.role in GUESTS and self._can_meet(provider, guest)
        )

    async def guest(self, tx: AsyncSession, provider_id: str, user_id: str) -> User | None:
        """The user, if there is one with that id whom that provider can invite."""
        provider, guest = await users.by_id(tx, provider_id), await users.by_id(tx, user_id)
        return guest if provider and guest and self.can_invite(provider, guest) else None

    async def guests(self, tx: AsyncSession, provider_id: str) -> Sequence[User]:
        """Everybody whom that provider can invite, by name."""
        provider = await users.by_id(tx, provider_id)
        if provider is None:
            return []
        return [
            user for user in await users.of_roles(tx, GUESTS) if self.can_invite(provider, user)
        ]

    async def existing(self, tx: AsyncSession, user_ids: Sequence[str]) -> set[str]:
        """Those of the ids whose users this server has."""
        return {user.id for user in await users.by_ids(tx, user_ids) if self.exists(user)}

    def _can_meet(self, one: User, other: User) -> bool:
        """People meet people, and load accounts, which are nobody, meet load accounts."""
        alike = users.is_load_account(one) == users.is_load_account(other)
        return one.id != other.id and self.counts(one) and self.counts(other) and alike
