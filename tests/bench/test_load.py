"""The load generator through real servers: what it counts is what happened."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from bench.load.generator import AUDIO_RATE, VIDEO_RATE, Figures, Generator
from bench.relay.carelay import Carelay
from bench.relay.floor import Floor
from bench.relay.measurement import Timing, measure
from bench.relay.scenario import Scenario
from bench.relay.target import MakeTarget

HOST = "127.0.0.1"
CALL = Scenario("call", "one call", rooms=1)
AUDIENCE = Scenario("audience", "one to three", rooms=1, participants=4, publishers=1)


@asynccontextmanager
async def load(make: MakeTarget, scenario: Scenario) -> AsyncIterator[Generator]:
    generator = Generator()
    target = make(generator)
    await target.start()
    try:
        await target.join(scenario, "room")
        yield generator
    finally:
        await target.close()
        generator.close()


async def until(generator: Generator, condition: Callable[[Figures], bool], total: Figures) -> Figures:
    """Runs on, adding to `total`, until the condition holds for it."""
    async with asyncio.timeout(20):
        while not condition(total):
            await asyncio.to_thread(generator.run, 0.002)
            figures = generator.take()
            for name in (field[0] for field in Figures._fields_):
                setattr(total, name, getattr(total, name) + getattr(figures, name))
    return total


@pytest.mark.parametrize("scenario", [CALL, AUDIENCE], ids=lambda scenario: scenario.name)
async def test_every_packet_arrives_through_the_floor_and_is_counted_once(scenario: Scenario) -> None:
    async with load(Floor.maker(HOST), scenario) as generator:
        await until(generator, lambda total: total.sent >= 100, total := Figures())
        await until(generator, lambda total: total.forwarded >= total.sent * scenario.fan_out, total)
    assert total.forwarded == total.sent * scenario.fan_out
    assert total.unreadable == total.send_failed == total.lost_up == total.lost_down == 0


async def test_it_sends_as_much_as_it_should() -> None:
    async with load(Floor.maker(HOST), CALL) as generator:
        await asyncio.to_thread(generator.run, 0.5)
        figures = generator.take()
    seconds = figures.wall_ns / 1e9
    most = 2 * (AUDIO_RATE + VIDEO_RATE) * seconds + 4  # each of the four streams begins with a packet
    assert most / 2 < figures.sent <= most
    assert 0 < figures.delay_p50_us <= figures.delay_p99_us
    assert 0 < figures.cpu_ns < figures.wall_ns


async def test_taken_figures_begin_again() -> None:
    async with load(Floor.maker(HOST), CALL) as generator:
        await until(generator, lambda total: total.forwarded > 0, Figures())
        assert generator.take().sent == 0


async def test_lost_packets_are_asked_for_and_sent_again_by_both_sides() -> None:
    async with load(Carelay.maker(HOST), CALL) as generator:
        generator.set_loss(0.1)
        total = await until(
            generator,
            lambda total: total.retransmitted > 3 and total.nacks_sent > 3,
            Figures(),
        )
    assert total.lost_up > 0
    assert total.lost_down > 0
    assert total.unreadable == 0


async def test_a_measurement_of_a_recorded_call_has_all_figures() -> None:
    scenario = Scenario("recorded", "one recorded call", rooms=1, recorded=True)
    measured = await measure(Carelay.maker(HOST), scenario, Timing(settling=0.2, measured=0.3))
    assert measured.us_per_packet > 0
    assert measured.join_cpu_ms > 0
    assert measured.packets_per_second > 0


async def test_more_clients_than_there_is_room_for_are_refused() -> None:
    async with load(Floor.maker(HOST), CALL) as generator:
        wire = generator._wires[0]
        tracks = CALL.tracks()
        with pytest.raises(ValueError, match="too many"):
            generator.add(wire, b"", tracks * 3)
