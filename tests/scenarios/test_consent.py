"""Media goes to where somebody goes on asking for it, and nowhere else (RFC 7675)."""

import asyncio
import socket
from collections.abc import Iterator

import pytest

from relay.relay import Relay
from relay.transport import port
from tests.patience import until
from tests.scenarios.conftest import Join
from tests.scenarios.party import KEYFRAME, Party


@pytest.fixture
def victim() -> Iterator[socket.socket]:
    """Somebody who asked for nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.bind(("127.0.0.1", 0))
        udp.setblocking(False)
        yield udp


async def talk(party: Party, until_event: asyncio.Event) -> None:
    """Picture after picture."""
    while not until_event.is_set():
        party.send("camera", KEYFRAME)
        await asyncio.sleep(0.005)


def taken(udp: socket.socket) -> int:
    """How many datagrams have come."""
    count = 0
    try:
        while udp.recv(2048):
            count += 1
    except BlockingIOError:
        return count
    return count


def withheld(relay: Relay) -> int:
    return relay.snapshot().dropped.get("no_consent", 0)


async def test_nothing_goes_to_an_address_that_was_named_once(
    join: Join, relay: Relay, victim: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert port.CONSENT_SECONDS == 30
    ann, bob, done = await join("ann"), await join("bob"), asyncio.Event()
    monkeypatch.setattr(port, "CONSENT_SECONDS", 0.6)
    talking = asyncio.create_task(talk(ann, done))
    check = bob.client.check_request()
    victim.sendto(bytes(check), bob.client.remote_address)
    total = 0

    def flows() -> bool:
        nonlocal total
        total += taken(victim)
        return total > 10

    await until(flows)
    assert bob.peer._connection is not None
    link = bob.peer._connection._link
    await until(lambda: link.address is None)
    taken(victim)
    before = withheld(relay)
    await until(lambda: withheld(relay) > before + 50)
    assert taken(victim) == 0

    received = len(bob.packets_of("ann", "camera"))
    await bob.client.check()
    await until(lambda: len(bob.packets_of("ann", "camera")) > received + 10)
    done.set()
    await talking


async def test_who_goes_on_checking_goes_on_receiving(
    join: Join, relay: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann, bob, done = await join("ann"), await join("bob"), asyncio.Event()
    await asyncio.gather(ann.client.check(), bob.client.check())
    monkeypatch.setattr(port, "CONSENT_SECONDS", 1.5)
    talking = asyncio.create_task(talk(ann, done))
    for _ in range(30):
        await asyncio.gather(ann.client.check(), bob.client.check())
        await asyncio.sleep(0.1)
    assert not withheld(relay)
    assert len(bob.packets_of("ann", "camera")) > 20
    done.set()
    await talking
