"""A relay on the loopback, participants who are cleaned up, and what two servers share."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from relay.media import Source
from relay.relay import Relay, RelaySettings
from relay.room import Room
from tests.scenarios.party import Party
from tests.scenarios.site import Site
from tests.support.postgresql import PostgreSQL

Join = Callable[..., Awaitable[Party]]


@pytest.fixture
async def relay() -> AsyncIterator[Relay]:
    relay = await Relay.open(RelaySettings(host="127.0.0.1", disconnect_after=1.0))
    yield relay
    await relay.close()


@pytest.fixture
def room(relay: Relay) -> Room:
    return relay.room("room")


@pytest.fixture
async def join(room: Room) -> AsyncIterator[Join]:
    """`await join("ann")` joins the room; another room, other sources
    or a lack of codecs by keyword.
    """
    parties: list[Party] = []

    async def joined(
        name: str,
        sources: tuple[Source, ...] = ("microphone", "camera"),
        into: Room | None = None,
        ssrc_base: int = 0,
        lacks: tuple[str, ...] = (),
    ) -> Party:
        party = Party(name, ssrc_base)
        party.client.lacks = lacks
        parties.append(party)
        return await party.join(into or room, sources)

    yield joined
    for party in parties:
        await party.close()


@pytest.fixture
async def site(postgresql: PostgreSQL, tmp_path: Path) -> Site:
    return Site(tmp_path, await postgresql.new_database())
