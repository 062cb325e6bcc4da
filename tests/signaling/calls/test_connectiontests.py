"""What a page learns of its network: its own media, sent to the relay and received back."""

import asyncio
import struct
from collections.abc import AsyncIterator

import pytest

from relay.relay import Relay, RelaySettings
from signaling.calls.connectiontests import MOST, SECONDS, ConnectionTests
from signaling.kernel.actor import Actor
from signaling.kernel.errors import Invalid, Unavailable
from tests.patience import until
from tests.relay.client import Client
from tests.signaling.manual_clock import ManualClock
from tests.support.rtp import RtpPacket

KEYFRAME = bytes.fromhex("10 10 02 00 9d 01 2a a0 00 78 00") + bytes(40)
"""VP8 of 160x120, after the payload descriptor (RFC 7741)."""


@pytest.fixture
async def relay() -> AsyncIterator[Relay]:
    relay = await Relay.open(RelaySettings(host="127.0.0.1"))
    yield relay
    await relay.close()


def actor(name: str = "ann") -> Actor:
    return Actor(name, "Ann", "patient")


async def begin(tests: ConnectionTests, who: Actor) -> tuple[Client, Client]:
    """Both connections of a page, connected."""
    sending, receiving = Client(), Client()
    offer, sources = sending.offer(("camera",), 0, 0)
    back, _ = receiving.offer((), 0, 1)
    answers = await tests.run(who, {"sending": offer, "receiving": back}, sources)
    await asyncio.gather(
        sending.connect(answers["sending"]), receiving.connect(answers["receiving"])
    )
    return sending, receiving


def packet(sequence: int) -> bytes:
    return struct.pack("!BBHII", 0x80, 96, sequence, 3000 * sequence, 0x22222222) + KEYFRAME


async def test_what_a_page_sends_comes_back_to_it(relay: Relay) -> None:
    tests = ConnectionTests(relay, ManualClock())
    sending, receiving = await begin(tests, actor())
    for sequence in range(1, 20):
        sending.send_rtp(packet(sequence))
        await asyncio.sleep(0)
    got = RtpPacket(await receiving.receive())
    assert got.payload == KEYFRAME
    await sending.close()
    await receiving.close()


async def test_it_is_over_by_itself_and_when_the_same_person_begins_another(relay: Relay) -> None:
    clock = ManualClock()
    tests = ConnectionTests(relay, clock)
    clients = [*await begin(tests, actor()), *await begin(tests, actor())]
    assert tests.running == 1
    await until(lambda: len(relay.snapshot().rooms) == 1)
    await clock.advance(SECONDS)
    assert tests.running == 0
    await until(lambda: not relay.snapshot().rooms)
    for client in clients:
        await client.close()


async def test_as_many_run_as_there_is_room_for(relay: Relay) -> None:
    tests = ConnectionTests(relay, ManualClock())
    offer, sources = Client().offer(("camera",), 0, 0)
    back, _ = Client().offer((), 0, 1)
    offers = {"sending": offer, "receiving": back}
    for number in range(MOST):
        await tests.run(actor(f"p{number}"), offers, sources)
    with pytest.raises(Unavailable) as refused:
        await tests.run(actor("late"), offers, sources)
    assert refused.value.code == "connection_tests_full"
    await tests.run(actor("p0"), offers, sources)  # in the place of their own


async def test_an_offer_that_cannot_be_answered_leaves_no_test(relay: Relay) -> None:
    tests = ConnectionTests(relay, ManualClock())
    offer, sources = Client().offer(("camera",), 0, 0)
    with pytest.raises(Invalid) as refused:
        await tests.run(actor(), {"sending": offer, "receiving": "nonsense"}, sources)
    assert refused.value.code == "bad_offer"
    assert tests.running == 0
    await until(lambda: not relay.snapshot().rooms)
