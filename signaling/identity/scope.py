"""Whom somebody may know of: the one place that lists, look-ups by id and signing in all ask.

Who is out of scope is not there: a look-up by id finds as little as a list shows.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from storage import users
from storage.models import User
from storage.users import PatientSummary


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
        return provider.role == "provider" and patient.role == "patient" and self._can_meet(provider, patient)

    async def patient(self, tx: AsyncSession, provider_id: str, patient_id: str) -> User | None:
        """The patient, if there is one with that id whom that provider can call."""
        provider, patient = await users.by_id(tx, provider_id), await users.by_id(tx, patient_id)
        return patient if provider and patient and self.can_call(provider, patient) else None

    async def patients(self, tx: AsyncSession, provider_id: str) -> Sequence[PatientSummary]:
        """Every patient whom that provider can call, by name."""
        provider = await users.by_id(tx, provider_id)
        if provider is None:
            return []
        return [found for found in await users.list_patients(tx) if self.can_call(provider, found.user)]

    async def existing(self, tx: AsyncSession, user_ids: Sequence[str]) -> set[str]:
        """Those of the ids whose users this server has."""
        return {user.id for user in await users.by_ids(tx, user_ids) if self.exists(user)}

    def _can_meet(self, one: User, other: User) -> bool:
        """People meet people, and load accounts, which are nobody, meet load accounts."""
        alike = users.is_load_account(one) == users.is_load_account(other)
        return one.id != other.id and self.counts(one) and self.counts(other) and alike
