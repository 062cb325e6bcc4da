"""Whom somebody may know of: the one place that lists, look-ups by id and signing in all ask.

Who is out of scope is not there: a look-up by id finds as little as a list shows.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from signaling.kernel.actor import Actor
from signaling.kernel.words import Role
from storage.models import User
from storage.people import care_relations, users
from storage.people.care_relations import Providers
from storage.people.users import PatientSummary

GUESTS: tuple[Role, ...] = ("provider", "patient")
"""Who can be asked into a call of others; as what, calls/participants.py tells."""


@dataclass(frozen=True)
class Scope:
    """The rules of one server."""

    demo: bool = False
    """Whether it is in demo mode: the users of the demo are there only then."""
    own: bool = False
    """Whether providers know only the patients they care for (`practice.provider_scope`)."""

    def exists(self, user: User) -> bool:
        """Whether this server has such a user at all, able to sign in or not."""
        return self.demo or not user.demo

    def counts(self, user: User) -> bool:
        """Whether the user can sign in, and be reached by others."""
        return self.exists(user) and not user.disabled

    async def providers(self, tx: AsyncSession, patient_ids: Collection[str]) -> Providers:
        """Who cares for these patients, as far as that decides anything."""
        return await care_relations.providers_of(tx, patient_ids) if self.own else {}

    def can_call(self, provider: User, patient: User, providers: Providers) -> bool:
        """Whether the provider may see that the patient is there, and call them; `providers` of the
        patient at least.
        """
        return (
            provider.role == "provider"
            and patient.role == "patient"
            and self._can_meet(provider, patient)
            and (not self.own or provider.id in providers.get(patient.id, ()))
        )

    async def patient(self, tx: AsyncSession, provider_id: str, patient_id: str) -> User | None:
        """The patient, if there is one with that id whom that provider can call."""
        provider, patient = await users.by_id(tx, provider_id), await users.by_id(tx, patient_id)
        if provider is None or patient is None:
            return None
        providers = await self.providers(tx, [patient_id])
        return patient if self.can_call(provider, patient, providers) else None

    async def patients(self, tx: AsyncSession, provider_id: str) -> Sequence[PatientSummary]:
        """Every patient whom that provider can call, by name."""
        provider = await users.by_id(tx, provider_id)
        if provider is None:
            return []
        theirs = await self._theirs(tx, provider_id)
        return [
            found
            for found in await users.list_patients(tx, set(theirs) if self.own else None)
            if self.can_call(provider, found.user, theirs)
        ]

    async def on_record(
        self, tx: AsyncSession, actor: Actor, patient_id: str, *, lock: bool = False
    ) -> User | None:
        """The patient whose record the actor may read and write: a provider's of whom they can
        call, an administrator's of everybody. `lock`: until the transaction ends, nobody else does.
        """
        if actor.role == "provider" and not await self.patient(tx, actor.user_id, patient_id):
            return None
        user = await users.by_id(tx, patient_id, lock=lock)
        return user if user and user.role == "patient" and self.exists(user) else None

    def can_invite(self, provider: User, guest: User, providers: Providers) -> bool:
        """Whether the provider may see that the guest is there, and ask them into a call that runs:
        colleagues, and patients whom they can call.
        """
        if guest.role == "patient":
            return self.can_call(provider, guest, providers)
        return (
            provider.role == "provider" and guest.role in GUESTS and self._can_meet(provider, guest)
        )

    async def guest(self, tx: AsyncSession, provider_id: str, user_id: str) -> User | None:
        """The user, if there is one with that id whom that provider can invite."""
        provider, guest = await users.by_id(tx, provider_id), await users.by_id(tx, user_id)
        if provider is None or guest is None:
            return None
        providers = await self.providers(tx, [user_id])
        return guest if self.can_invite(provider, guest, providers) else None

    async def guests(self, tx: AsyncSession, provider_id: str) -> Sequence[User]:
        """Everybody whom that provider can invite, by name."""
        provider = await users.by_id(tx, provider_id)
        if provider is None:
            return []
        theirs = await self._theirs(tx, provider_id)
        return [
            user
            for user in await users.of_roles(tx, GUESTS)
            if self.can_invite(provider, user, theirs)
        ]

    async def existing(self, tx: AsyncSession, user_ids: Sequence[str]) -> set[str]:
        """Those of the ids whose users this server has."""
        return {user.id for user in await users.by_ids(tx, user_ids) if self.exists(user)}

    async def _theirs(self, tx: AsyncSession, provider_id: str) -> Providers:
        return await care_relations.patients_of(tx, provider_id) if self.own else {}

    def _can_meet(self, one: User, other: User) -> bool:
        """People meet people, and load accounts, which are nobody, meet load accounts."""
        alike = users.is_load_account(one) == users.is_load_account(other)
        return one.id != other.id and self.counts(one) and self.counts(other) and alike
