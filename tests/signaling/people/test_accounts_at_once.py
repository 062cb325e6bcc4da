"""Two administrators who act on each other at the same moment are told one after the other."""

import asyncio

from signaling.identity.scope import Scope
from signaling.kernel.actor import Actor
from signaling.kernel.errors import Conflict
from signaling.people.accounts import Accounts
from signaling.people.resources import Person, PutPerson
from storage.database import Database
from storage.people import users
from tests.signaling.manual_clock import START, ManualClock

ROUNDS = 5  # whoever locked each other's rows first stood still in nearly each


async def test_of_two_administrators_who_disable_each_other_one_stays(database_url: str) -> None:
    database = await Database.open(database_url)
    accounts = Accounts(database, Scope(own=False, demo=False), ManualClock())
    actors = []
    async with database.transaction() as tx:
        for name in ("ada", "bo"):
            made = await users.create(
                tx, username=name, name=name, role="admin", password_hash="x", now=START
            )
            actors.append(Actor(made.id, name, "admin"))
    ada, bo = actors
    for _ in range(ROUNDS):
        told = await asyncio.gather(
            accounts.disable(ada, bo.user_id),
            accounts.put(bo, ada.user_id, PutPerson(name="ada", role="ops", username="ada")),
            return_exceptions=True,
        )
        [done] = [one for one in told if isinstance(one, Person)]
        [refused] = [one for one in told if isinstance(one, Conflict)]
        assert refused.code == "last_administrator"
        if done.user_id == bo.user_id:
            await accounts.enable(ada, bo.user_id)
        else:
            body = PutPerson(name="ada", role="admin", username="ada")
            await accounts.put(bo, ada.user_id, body)
    await database.close()
