"""Records of patients: who may read and write them, each time with its audit row."""

from sqlalchemy.ext.asyncio import AsyncSession

from signaling.config import Jwt
from signaling.identity.scope import Scope
from signaling.kernel.actor import Actor
from signaling.kernel.auditing import entry
from signaling.kernel.clock import Clock
from signaling.kernel.errors import NotFound
from signaling.people import platform, rule
from signaling.people.resources import EmergencyContact, PatientRecord, PutPatient
from storage import audit
from storage.audit import Detail
from storage.database import Database
from storage.models import User
from storage.people import account_invitations, care_relations, patients, users
from storage.people.patients import Record
from storage.words import AuditAction


class Patients:
    """One server's. Whoever is out of the actor's scope is not there."""

    def __init__(self, database: Database, scope: Scope, jwt: Jwt, clock: Clock) -> None:
        self._database = database
        self._scope = scope
        self._jwt = jwt
        self._clock = clock

    async def read(self, actor: Actor, patient_id: str) -> PatientRecord:
        """Written to the log first. Raises NotFound."""
        async with self._database.transaction() as tx:
            user = await self._scope.on_record(tx, actor, patient_id)
            if user is None:
                raise NotFound("unknown_patient")
            await self._note(tx, "patient.viewed", actor, user, {})
            return view(user, await patients.record(tx, user))

    async def add(self, actor: Actor, asked: PutPatient) -> PatientRecord:
        """Somebody whom no platform knows, by an id of our own. A provider who adds a patient cares
        for them. Raises Invalid.
        """
        now = self._clock.now()
        new = rule.record(asked, now)
        async with self._database.transaction() as tx:
            user = await users.create(tx, name=new.name, role="patient", now=now)
            detail = {"role": user.role, "issuer": user.issuer}
            await self._note(tx, "user.added", actor, user, detail)
            if actor.role == "provider":
                await care_relations.add(tx, actor.user_id, user.id, now=now)
                detail = {"provider_id": actor.user_id}
                await self._note(tx, "patient.assigned", actor, user, detail)
            return await self._put(tx, actor, user, new)

    async def put(self, actor: Actor, patient_id: str, asked: PutPatient) -> PatientRecord:
        """In place of what there is; doing so again changes nothing. An administrator, which the
        host platform may be, makes a patient of an id that is nobody's.

        Raises Invalid, NotFound, Conflict.
        """
        new = rule.record(asked, self._clock.now())
        async with self._database.transaction() as tx:
            user = await self._scope.on_record(tx, actor, patient_id, lock=True)
            if user is not None:
                return await self._put(tx, actor, user, new)
            if actor.role != "admin":
                raise NotFound("unknown_patient")
            issuer = await platform.issuer_for(tx, actor, self._jwt)
            if issuer is None:
                raise NotFound("unknown_patient")
            user = await platform.add(
                tx, actor, issuer, patient_id, "patient", new.name, self._clock.now()
            )
            return await self._put(tx, actor, user, new)

    async def _put(self, tx: AsyncSession, actor: Actor, user: User, new: Record) -> PatientRecord:
        now = self._clock.now()
        changed = await patients.put(tx, user, new, now=now)
        if changed:
            await self._note(tx, "patient.changed", actor, user, {"fields": ", ".join(changed)})
        if "email" in changed and await account_invitations.revoke(tx, user.id, now=now):
            await self._note(tx, "user.invitation_revoked", actor, user, {})
        return view(user, new)

    async def _note(
        self, tx: AsyncSession, action: AuditAction, actor: Actor, user: User, detail: Detail
    ) -> None:
        event = entry(action, self._clock.now(), actor, user_id=user.id, detail=detail)
        await audit.append(tx, event)


def view(user: User, record: Record) -> PatientRecord:
    """As it is told."""
    contact = record.contact
    return PatientRecord(
        user_id=user.id,
        name=record.name,
        pronouns=record.pronouns,
        birth_date=record.birth_date,
        language=record.language,
        time_zone=record.time_zone,
        phone=record.phone,
        email=record.email,
        contact=EmergencyContact(
            name=contact.name, phone=contact.phone, relationship=contact.relationship
        )
        if contact
        else None,
        address=list(record.address),
    )
