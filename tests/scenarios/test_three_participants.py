"""A room of two becomes a room of three."""

import functools
import itertools

from relay.media import SlotCount
from relay.room import Room
from tests.patience import until
from tests.scenarios.conftest import Join
from tests.scenarios.party import KEYFRAME, Party


async def grown(join: Join) -> tuple[Party, Party, Party]:
    ann, bob, eve = await join("ann"), await join("bob"), await join("eve")
    for party in (ann, bob):
        assert party.needed == [SlotCount(2, 3)]
        await party.offer()
    return ann, bob, eve


async def test_everybody_gets_everybody(join: Join) -> None:
    parties = await grown(join)
    for party in parties:
        party.send("microphone", party.name.encode())
        party.send("camera", KEYFRAME)
    for receiver, sender in itertools.permutations(parties, 2):
        await until(functools.partial(receiver.packets_of, sender.name, "camera"))
        await until(functools.partial(receiver.packets_of, sender.name, "microphone"))
        assert receiver.packets_of(sender.name, "microphone")[0].payload == sender.name.encode()


async def test_the_offer_for_more_slots_leaves_running_ones_alone(join: Join) -> None:
    ann, bob = await join("ann"), await join("bob")
    before = ann.slot_of("bob", "microphone")
    bob.send("microphone", b"1")
    await until(lambda: ann.packets_of("bob", "microphone"))
    await join("eve")
    await ann.offer()
    bob.send("microphone", b"2")
    await until(lambda: len(ann.packets_of("bob", "microphone")) == 2)
    assert ann.slot_of("bob", "microphone") == before


async def test_who_stays_goes_on_when_one_leaves(join: Join, room: Room) -> None:
    ann, _, eve = await grown(join)
    await room.leave("bob")
    assert {assignment.participant_id for assignment in ann.assignments.values()} == {"eve"}
    eve.send("microphone", b"still here")
    await until(lambda: ann.packets_of("eve", "microphone"))
