"""Who cares for whom, and the providers whom the host platform puts."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from signaling.config import Jwt
from signaling.identity.presence import Presence
from signaling.identity.scope import Scope
from signaling.kernel.actor import Actor
from signaling.kernel.auditing import entry
from signaling.kernel.clock import Clock
from signaling.kernel.errors import NotFound
from signaling.people import platform, rule
from signaling.people.resources import CareTeam, Provider, PutProvider
from storage import audit
from storage.database import Database
from storage.models import User
from storage.people import care_relations, users
from storage.words import AuditAction


class Care:
    """One server's. For administrators, one of which the host platform may be."""

    def __init__(
        self, database: Database, scope: Scope, presence: Presence, jwt: Jwt, clock: Clock
    ) -> None:
        self._database = database
        self._scope = scope
        self._presence = presence
        self._jwt = jwt
        self._clock = clock

    async def team(self, actor: Actor, patient_id: str) -> CareTeam:
        """Raises NotFound."""
        async with self._database.reading() as tx:
            await self._patient(tx, actor, patient_id)
            return _team(await care_relations.of_patient(tx, patient_id))

    async def relate(self, actor: Actor, patient_id: str, provider_id: str) -> CareTeam:
        """From now on that provider cares for the patient; doing so again changes nothing.

        Raises NotFound.
        """
        async with self._database.transaction() as tx:
            await self._patient(tx, actor, patient_id, lock=True)
            provider = await users.by_id(tx, provider_id)
            if provider is None or provider.role != "provider" or not self._scope.exists(provider):
                raise NotFound("unknown_provider")
            if await care_relations.add(tx, provider_id, patient_id, now=self._clock.now()):
                await self._note(tx, "patient.assigned", actor, patient_id, provider_id)
            found = _team(await care_relations.of_patient(tx, patient_id))
        self._presence.regard(patient_id)
        return found

    async def end(self, actor: Actor, patient_id: str, provider_id: str) -> CareTeam:
        """From now on the patient is not there for that provider, if there was such a relation; a
        call that runs goes on.
        """
        async with self._database.transaction() as tx:
            await self._patient(tx, actor, patient_id, lock=True)
            if await care_relations.remove(tx, provider_id, patient_id):
                await self._note(tx, "patient.unassigned", actor, patient_id, provider_id)
            found = _team(await care_relations.of_patient(tx, patient_id))
        self._presence.regard(patient_id)
        return found

    async def put_provider(self, actor: Actor, provider_id: str, asked: PutProvider) -> Provider:
        """A provider whom the platform calls that, as it says; doing so again changes nothing.

        Raises Invalid, NotFound, Conflict.
        """
        name, email = rule.name(asked.name), rule.email(asked.email)
        async with self._database.transaction() as tx:
            user = await users.by_id(tx, provider_id, lock=True)
            if user is None or user.role != "provider" or not self._scope.exists(user):
                issuer = await platform.issuer_for(tx, actor, self._jwt)
                if issuer is None:
                    raise NotFound("unknown_provider")
                user = await platform.add(
                    tx, actor, issuer, provider_id, "provider", name, self._clock.now()
                )
            changed = users.set_details(user, name=name, email=email)
            if changed:
                detail = {"fields": ", ".join(changed)}
                event = entry(
                    "user.changed", self._clock.now(), actor, user_id=user.id, detail=detail
                )
                await audit.append(tx, event)
        return _provider(user)

    async def _patient(
        self, tx: AsyncSession, actor: Actor, patient_id: str, *, lock: bool = False
    ) -> User:
        user = await self._scope.on_record(tx, actor, patient_id, lock=lock)
        if user is None:
            raise NotFound("unknown_patient")
        return user

    async def _note(
        self, tx: AsyncSession, action: AuditAction, actor: Actor, patient_id: str, provider_id: str
    ) -> None:
        detail = {"provider_id": provider_id}
        event = entry(action, self._clock.now(), actor, user_id=patient_id, detail=detail)
        await audit.append(tx, event)


def _team(providers: Sequence[User]) -> CareTeam:
    return CareTeam(providers=[_provider(user) for user in providers])


def _provider(user: User) -> Provider:
    return Provider(user_id=user.id, name=user.name, email=user.email)
