"""Accounts, as administrators manage them, and people as providers look for theirs."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from signaling.identity.scope import Scope
from signaling.kernel.actor import Actor
from signaling.kernel.auditing import entry
from signaling.kernel.clock import Clock
from signaling.kernel.errors import Conflict, Invalid, NotFound
from signaling.people import account_rule, rule
from signaling.people.resources import AddPerson, PeopleAsked, Person, PersonList, PutPerson
from storage import audit
from storage.audit import Detail
from storage.database import Database
from storage.errors import UsernameTaken
from storage.models import User
from storage.people import account_invitations, care_relations, patients, search, users
from storage.people.search import Found, Wanted
from storage.words import LOCAL_ISSUER, AuditAction


class Accounts:
    """One server's. The routes know who is an administrator."""

    def __init__(self, database: Database, scope: Scope, clock: Clock) -> None:
        self._database = database
        self._scope = scope
        self._clock = clock

    async def list(self, actor: Actor, asked: PeopleAsked) -> PersonList:
        """By name; to providers, the patients whom they can call. Raises InvalidCursor."""
        wanted = Wanted(asked.text, [asked.role] if asked.role else (), demo=self._scope.demo)
        if actor.role != "admin":
            of_provider = actor.user_id if self._scope.own else None
            wanted = Wanted(asked.text, ["patient"], of_provider, False, self._scope.demo)
        async with self._database.reading() as tx:
            page = await search.people(tx, wanted, asked.cursor)
            ids = [found.user.id for found in page.items]
            until = await account_invitations.open_until(tx, ids)
        people = [_view(found, until.get(found.user.id)) for found in page.items]
        return PersonList(people=people, next_cursor=page.next_cursor)

    async def one(self, user_id: str) -> Person:
        """Raises NotFound."""
        async with self._database.reading() as tx:
            return await self._shown(tx, await self._found(tx, user_id))

    async def add(self, actor: Actor, asked: AddPerson) -> Person:
        """An account of this server's own, with which nobody can sign in before they have set a
        password. Raises Invalid, Conflict.
        """
        name, email = rule.name(asked.name), rule.email(asked.email)
        account_rule.require_account(asked.role)
        username = account_rule.username(asked.username or email)
        async with self._database.transaction() as tx:
            try:
                user = await users.create(
                    tx, username=username, name=name, role=asked.role, now=self._clock.now()
                )
            except UsernameTaken:
                raise Conflict("username_taken") from None
            user.email = email
            detail = {"role": user.role, "issuer": user.issuer}
            await self._note(tx, "user.added", actor, user, detail)
            return await self._shown(tx, user)

    async def put(self, actor: Actor, user_id: str, asked: PutPerson) -> Person:
        """Name, e-mail address, user name and role. Another role or user name ends what was signed
        in; another address, the link that was sent to the earlier one.

        Raises NotFound, Invalid, Conflict.
        """
        name, email = rule.name(asked.name), rule.email(asked.email)
        username = account_rule.username(asked.username)
        async with self._database.transaction() as tx:
            administrators = await self._administrators(tx)
            user = await self._found(tx, user_id, lock=True)
            account_rule.require_account(user.role)
            await self._change_role(tx, actor, user, asked, administrators)
            if username != user.username:
                await self._rename(tx, user, username)
                await users.end_sign_ins(tx, user, now=self._clock.now())
                await self._note(tx, "user.changed", actor, user, {"fields": "username"})
            changed = users.set_details(user, name=name, email=email)
            if changed:
                fields = {"fields": ", ".join(changed)}
                await self._note(tx, "user.changed", actor, user, fields)
            if "email" in changed and await account_invitations.revoke(
                tx, user_id, now=self._clock.now()
            ):
                await self._note(tx, "user.invitation_revoked", actor, user, {})
            await tx.flush()
            return await self._shown(tx, user)

    async def disable(self, actor: Actor, user_id: str) -> Person:
        """They cannot sign in, nor be called, and what is open closes within a second or two.

        Raises NotFound, Conflict.
        """
        async with self._database.transaction() as tx:
            administrators = await self._administrators(tx)
            user = await self._found(tx, user_id, lock=True)
            account_rule.require_others(actor, user, administrators)
            if not user.disabled:
                await users.disable(tx, user, now=self._clock.now())
                await account_invitations.revoke(tx, user_id, now=self._clock.now())
                await self._note(tx, "user.disabled", actor, user, {"role": user.role})
            return await self._shown(tx, user)

    async def enable(self, actor: Actor, user_id: str) -> Person:
        """They may sign in again; nothing that ended comes back. Raises NotFound."""
        async with self._database.transaction() as tx:
            user = await self._found(tx, user_id, lock=True)
            if user.disabled:
                user.disabled = False
                await self._note(tx, "user.enabled", actor, user, {"role": user.role})
            return await self._shown(tx, user)

    async def end_sign_ins(self, actor: Actor, user_id: str) -> Person:
        """They are signed out everywhere, and no device of theirs stays known. Raises NotFound."""
        async with self._database.transaction() as tx:
            user = await self._found(tx, user_id, lock=True)
            await users.end_sign_ins(tx, user, now=self._clock.now())
            await self._note(tx, "user.sign_ins_ended", actor, user, {})
            return await self._shown(tx, user)

    async def _change_role(
        self, tx: AsyncSession, actor: Actor, user: User, asked: PutPerson, administrators: int
    ) -> None:
        before = user.role
        if not account_rule.new_role(user, asked.role):
            return
        account_rule.require_others(actor, user, administrators)
        user.role = asked.role
        if before == "provider":
            await care_relations.remove_all_of(tx, user.id)
        await users.end_sign_ins(tx, user, now=self._clock.now())
        detail: Detail = {"role": user.role, "before": before}
        await self._note(tx, "user.role_changed", actor, user, detail)

    async def _administrators(self, tx: AsyncSession) -> int:
        """How many there are. Locks all of them, in one order and before anybody else: two who
        disable each other are told one after the other.
        """
        return len(await users.administrators(tx, demo=self._scope.demo))

    async def _rename(self, tx: AsyncSession, user: User, username: str | None) -> None:
        account_rule.require_here(user)
        if username is None:  # nobody could sign in by the password any more
            raise Invalid("username_needed")
        try:
            await users.rename(tx, user, username)
        except UsernameTaken:
            raise Conflict("username_taken") from None

    async def _found(self, tx: AsyncSession, user_id: str, *, lock: bool = False) -> User:
        user = await users.by_id(tx, user_id, lock=lock)
        if user is None or not self._scope.exists(user):
            raise NotFound("unknown_account")
        return user

    async def _shown(self, tx: AsyncSession, user: User) -> Person:
        until = await account_invitations.open_until(tx, [user.id])
        record = await patients.record(tx, user)
        return _view(Found(user, record.birth_date), until.get(user.id))

    async def _note(
        self, tx: AsyncSession, action: AuditAction, actor: Actor, user: User, detail: Detail
    ) -> None:
        event = entry(action, self._clock.now(), actor, user_id=user.id, detail=detail)
        await audit.append(tx, event)


def _view(found: Found, invited_until: datetime | None) -> Person:
    user = found.user
    return Person(
        user_id=user.id,
        name=user.name,
        role=user.role,
        birth_date=found.birth_date,
        email=user.email,
        username=user.username,
        of_platform=user.issuer != LOCAL_ISSUER,
        has_password=user.password_hash is not None,
        invited_until=invited_until,
        disabled=user.disabled,
        created_at=user.created_at,
    )
