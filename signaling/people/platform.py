"""People of the host platform who are put here before they have ever signed in."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from signaling.config import Jwt
from signaling.kernel.actor import Actor
from signaling.kernel.auditing import entry
from signaling.kernel.errors import Conflict
from signaling.kernel.words import Role
from storage import audit
from storage.errors import UserConflict
from storage.models import User
from storage.people import users
from storage.words import LOCAL_ISSUER


async def issuer_for(tx: AsyncSession, actor: Actor, jwt: Jwt) -> str | None:
    """Whose people an administrator puts: those of the platform that they come from themselves, or
    whose tokens are accepted here; none where nobody's are.
    """
    by = await users.by_id(tx, actor.user_id)
    if by is not None and by.issuer not in {None, LOCAL_ISSUER}:
        return by.issuer
    return jwt.issuer if jwt.enabled else None


async def add(
    tx: AsyncSession, actor: Actor, issuer: str, user_id: str, role: Role, name: str, now: datetime
) -> User:
    """Whom the platform calls that, which nobody is called here. Raises Conflict."""
    if await users.by_id(tx, user_id):
        raise Conflict("id_taken")
    try:
        user = await users.ensure(tx, issuer, user_id, role=role, name=name, now=now)
    except UserConflict:
        raise Conflict("id_taken") from None
    detail = {"role": role, "issuer": issuer}
    await audit.append(tx, entry("user.added", now, actor, user_id=user.id, detail=detail))
    return user
