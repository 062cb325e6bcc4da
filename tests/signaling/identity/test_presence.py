"""Who is online, and who hears of it when."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiohttp import ClientWebSocketResponse
from sqlalchemy.ext.asyncio import AsyncSession

from signaling.identity import presence
from signaling.identity.messages import PresenceChanged
from signaling.identity.presence import GRACE_SECONDS, Presence
from signaling.identity.scope import Scope
from signaling.kernel.actor import Actor
from signaling.kernel.hub import Hub
from signaling.kernel.words import Role
from signaling.websocket import standing
from storage.database import Database
from storage.errors import DatabaseUnavailable
from storage.models import User
from storage.people import care_relations, users
from storage.people.users import LOAD_NAME
from tests.patience import PATIENCE, until
from tests.signaling.conftest import TELEMEDICINE, Site
from tests.signaling.manual_clock import START, ManualClock
from tests.signaling.practice import Page
from tests.support.databases import new_sqlite
from tests.support.platform import ISSUER


class Slow(Database):
    """Answers who reads only when it is let, or not at all."""

    answers: asyncio.Event
    away = False

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        if self.away:
            raise DatabaseUnavailable("not now")
        async with super().reading() as tx:
            yield tx
            await self.answers.wait()


@dataclass
class Reception:
    """A server's Presence and the pages of people whom its database has."""

    hub: Hub
    database: Slow
    clock: ManualClock
    presence: Presence
    numbers: Iterator[int] = field(default_factory=itertools.count)

    async def page(self, user_id: str, role: Role, **about: object) -> Page:
        """Somebody, new or known, opens a page."""
        async with self.database.transaction() as tx:
            user = await users.ensure(
                tx, ISSUER, user_id, role=role, name=f"Name of {user_id}", now=START
            )
            for attribute, value in about.items():
                setattr(user, attribute, value)
        return self.open(Page(Actor(user_id, user.name, role)))

    def open(self, page: Page) -> Page:
        self.hub.add(page)
        self.presence.opened(page)
        return page

    def close(self, page: Page) -> None:
        self.hub.remove(page)
        self.presence.closed(page)

    async def change(self, name: str, **values: object) -> None:
        """By somebody else, in the database."""
        async with self.database.transaction() as tx:
            user = await tx.get_one(User, name)
            for attribute, value in values.items():
                setattr(user, attribute, value)

    async def told(self, page: Page, **expected: list[str]) -> None:
        """The next thing that the page hears, and nothing before it."""
        await until(lambda: page.sent)
        [message] = page.sent
        nothing: dict[str, list[str]] = {"online": [], "offline": [], "gone": []}
        assert message == PresenceChanged(**{**nothing, **expected})
        page.sent.clear()

    async def nothing_told(self, page: Page) -> None:
        """Whoever comes next is the first that the page hears of."""
        name = f"next {next(self.numbers)}"
        await self.page(name, "patient")
        await self.told(page, online=[name])


@pytest.fixture
def scope() -> Scope:
    return Scope()


@pytest.fixture
async def reception(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scope: Scope
) -> AsyncIterator[Reception]:
    monkeypatch.setattr(presence, "PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(presence, "RETRY_SECONDS", 0.01)
    database = await Slow.open(await new_sqlite(tmp_path / "carelay.db"))
    database.answers = asyncio.Event()
    database.answers.set()
    hub, clock = Hub(), ManualClock()
    reception = Reception(hub, database, clock, Presence(hub, database, scope, clock))
    watching = asyncio.create_task(reception.presence.watch())
    yield reception
    watching.cancel()
    await asyncio.wait({watching})
    await database.close()


async def test_whoever_comes_is_told_at_once_and_whoever_goes_after_a_grace(
    reception: Reception,
) -> None:
    provider = await reception.page("provider", "provider")
    patient = await reception.page("patient", "patient")
    await reception.told(provider, online=["patient"])
    reception.close(patient)
    await reception.clock.advance(GRACE_SECONDS - 0.1)
    await reception.nothing_told(provider)
    assert reception.presence.is_online("patient")
    await reception.clock.advance(0.1)
    await reception.told(provider, offline=["patient"])
    assert not reception.presence.is_online("patient")


async def test_a_page_that_is_loaded_anew_does_not_flicker(reception: Reception) -> None:
    provider = await reception.page("provider", "provider")
    patient = await reception.page("patient", "patient")
    await reception.told(provider, online=["patient"])
    reception.close(patient)
    await reception.clock.advance(GRACE_SECONDS - 0.1)
    reception.open(patient)
    await reception.clock.advance(10 * GRACE_SECONDS)
    await reception.nothing_told(provider)
    assert reception.presence.is_online("patient")


async def test_whoever_has_two_pages_goes_with_the_last_one(reception: Reception) -> None:
    provider = await reception.page("provider", "provider")
    phone = await reception.page("patient", "patient")
    await reception.told(provider, online=["patient"])
    desk = await reception.page("patient", "patient")
    reception.close(phone)
    await reception.clock.advance(10 * GRACE_SECONDS)
    await reception.nothing_told(provider)
    reception.close(desk)
    reception.close(desk)
    await reception.clock.advance(GRACE_SECONDS)
    await reception.told(provider, offline=["patient"])


async def test_only_pages_of_providers_who_can_call_them_hear_of_patients(
    reception: Reception,
) -> None:
    phone, desk = [await reception.page("provider", "provider") for _ in range(2)]
    other = await reception.page("other provider", "provider")
    load = await reception.page("load provider", "provider", name=f"{LOAD_NAME} provider 1")
    roles: tuple[Role, ...] = ("patient", "compliance", "ops", "admin")
    deaf = [await reception.page(f"other {role}", role) for role in roles]
    await until(lambda: reception.presence.is_online("other admin"))
    for page in (phone, desk, other):
        page.sent.clear()
    await reception.page("demo patient", "patient", demo=True)
    await reception.page("load patient", "patient", name=f"{LOAD_NAME} patient 1")
    await reception.told(load, online=["load patient"])
    await reception.page("patient", "patient")
    for page in (phone, desk, other):
        await reception.told(page, online=["patient"])
    assert [page.sent for page in (*deaf, load)] == [[]] * 5


async def test_whoever_is_disabled_is_gone(reception: Reception) -> None:
    provider = await reception.page("provider", "provider")
    patient = await reception.page("patient", "patient")
    await reception.told(provider, online=["patient"])
    await reception.change("patient", disabled=True)
    reception.close(patient)
    await reception.clock.advance(GRACE_SECONDS)
    await reception.told(provider, gone=["patient"])
    assert not reception.presence.is_online("patient")
    await reception.change("patient", disabled=False)
    reception.open(patient)
    await reception.told(provider, online=["patient"])


@pytest.mark.parametrize("scope", [Scope(own=True)])
async def test_providers_hear_of_the_patients_they_care_for(reception: Reception) -> None:
    provider = await reception.page("provider", "provider")
    other = await reception.page("other", "provider")
    patient = await reception.page("patient", "patient")
    await until(lambda: reception.presence.is_online("patient"))
    async with reception.database.transaction() as tx:
        assert await care_relations.add(tx, "provider", "patient", now=START)
    reception.presence.regard("patient")
    await reception.told(provider, online=["patient"])
    async with reception.database.transaction() as tx:
        assert await care_relations.remove(tx, "provider", "patient")
    reception.presence.regard("patient")
    await reception.told(provider, gone=["patient"])
    reception.close(patient)
    await reception.clock.advance(GRACE_SECONDS)
    await until(lambda: not reception.presence.is_online("patient"))
    assert (provider.sent, other.sent) == ([], [])


async def test_a_disabled_provider_hears_of_nobody(reception: Reception) -> None:
    provider = await reception.page("provider", "provider")
    other = await reception.page("other", "provider")
    await reception.change("provider", disabled=True)
    await reception.page("patient", "patient")
    await reception.told(other, online=["patient"])
    assert provider.sent == []


async def test_a_patient_who_becomes_something_else_is_gone_at_once(reception: Reception) -> None:
    provider = await reception.page("provider", "provider")
    before = await reception.page("changes", "patient")
    await reception.told(provider, online=["changes"])
    reception.close(before)
    after = await reception.page("changes", "provider")
    await reception.told(provider, gone=["changes"])
    await reception.page("patient", "patient")
    for page in (provider, after):
        await reception.told(page, online=["patient"])


async def test_whoever_becomes_a_patient_comes_and_goes_as_one(reception: Reception) -> None:
    provider = await reception.page("provider", "provider")
    before = await reception.page("changes", "ops")
    await until(lambda: reception.presence.is_online("changes"))
    reception.close(before)
    after = await reception.page("changes", "patient")
    await reception.told(provider, online=["changes"])
    reception.close(after)
    await reception.clock.advance(GRACE_SECONDS)
    await reception.told(provider, offline=["changes"])


async def test_a_list_that_shows_a_new_patient_online_by_an_old_page_is_told_of_its_end(
    reception: Reception,
) -> None:
    provider = await reception.page("provider", "provider")
    page = await reception.page("changes", "ops")
    await until(lambda: reception.presence.is_online("changes"))
    await reception.change("changes", role="patient")
    reception.close(page)
    await reception.clock.advance(GRACE_SECONDS)
    await reception.told(provider, offline=["changes"])


async def test_two_hundred_who_come_at_once_are_one_message(reception: Reception) -> None:
    provider = await reception.page("provider", "provider")
    names = [f"patient {number:03}" for number in range(200)]
    async with reception.database.transaction() as tx:
        for name in names:
            await users.ensure(tx, ISSUER, name, role="patient", name=name, now=START)
    for name in names:
        reception.open(Page(Actor(name, name, "patient")))
    await reception.told(provider, online=names)


async def test_whoever_comes_while_the_database_is_read_is_in_the_same_message(
    reception: Reception,
) -> None:
    provider = await reception.page("provider", "provider")
    await until(lambda: reception.presence.is_online("provider"))
    reception.database.answers.clear()
    await reception.page("first", "patient")
    await asyncio.sleep(0)
    await reception.page("second", "patient")
    reception.database.answers.set()
    await reception.told(provider, online=["first", "second"])


async def test_a_provider_who_comes_while_the_database_is_read_hears_of_it(
    reception: Reception,
) -> None:
    reception.database.answers.clear()
    await reception.page("patient", "patient")
    provider = await reception.page("provider", "provider")
    assert not reception.presence.is_online("patient"), "a list says what was told"
    reception.database.answers.set()
    await reception.told(provider, online=["patient"])
    assert reception.presence.is_online("patient")


async def test_nothing_is_forgotten_while_the_database_is_away(reception: Reception) -> None:
    provider = await reception.page("provider", "provider")
    here = await reception.page("here", "patient")
    await reception.told(provider, online=["here"])
    reception.database.away = True
    reception.close(here)
    await reception.page("comes", "patient")
    await reception.clock.advance(GRACE_SECONDS)
    reception.database.away = False
    await reception.told(provider, online=["comes"], offline=["here"])


async def connected(site: Site, role: Role) -> ClientWebSocketResponse:
    """A page of who is called as their role."""
    headers = await site.headers(role)
    socket = await site.client.ws_connect(f"{TELEMEDICINE}/ws/{role}", headers=headers)
    assert (await socket.receive_json())["type"] == "welcome"
    return socket


async def listed(site: Site) -> dict[str, bool]:
    """By name, whether the list says that they are online."""
    headers = await site.headers("provider")
    async with site.client.get(f"{TELEMEDICINE}/patients", headers=headers) as response:
        patients = (await response.json())["patients"]
    return {patient["user_id"]: patient["online"] for patient in patients}


async def test_sockets_and_the_list_say_the_same(site: Site) -> None:
    provider, patient = await connected(site, "provider"), await connected(site, "patient")
    async with asyncio.timeout(PATIENCE):
        assert await provider.receive_json() == {
            "type": "presence", "online": ["patient"], "offline": [], "gone": []
        }  # fmt: skip
        assert await listed(site) == {"patient": True}
        transport = patient._response.connection
        assert transport
        assert transport.transport
        transport.transport.abort()  # a lost network, which says no goodbye
        await until(lambda: not site.services.hub.is_connected("patient"))
        assert await listed(site) == {"patient": True}
        await site.clock.advance(GRACE_SECONDS)
        assert await provider.receive_json() == {
            "type": "presence", "online": [], "offline": ["patient"], "gone": []
        }  # fmt: skip
        assert await listed(site) == {"patient": False}
        await provider.close()
        await until(lambda: not site.services.hub.is_connected("provider"))
        await connected(site, "patient")
        await until(lambda: site.services.presence.is_online("patient"))
        back = await connected(site, "provider")
        assert await listed(site) == {"patient": True}, "what was missed, the list tells"
        await back.close()


async def test_a_disabled_patient_is_gone_from_open_pages(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standing, "CHECK_SECONDS", 0.02)
    provider, patient = await connected(site, "provider"), await connected(site, "patient")
    async with asyncio.timeout(PATIENCE):
        assert (await provider.receive_json())["online"] == ["patient"]
        async with site.services.database.transaction() as tx:
            await users.disable(tx, await tx.get_one(User, "patient"), now=START)
        await patient.receive()
        assert patient.close_code == 4401
        await until(lambda: not site.services.hub.is_connected("patient"))
        await site.clock.advance(GRACE_SECONDS)
        assert (await provider.receive_json())["gone"] == ["patient"]
    assert await listed(site) == {}
