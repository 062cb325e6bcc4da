"""The load generator through real servers: what it counts is what happened."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from bench.relay.carelay import Carelay, RelayProcess
from bench.relay.floor import Floor
from bench.relay.measurement import Timing, measure
from bench.relay.scenario import Scenario
from bench.relay.target import MakeTarget
from relay.load import connection
from relay.load.connection import Connection, any_address
from relay.load.description import Transport, offer
from relay.load.generator import AUDIO_RATE, VIDEO_RATE, Figures, Generator
from relay.load.running import Running, running
from tests.patience import PATIENCE

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


async def until(generator: Generator, condition: Callable[[Figures], bool]) -> Figures:
    """Runs on until the condition holds for all since the beginning."""
    async with asyncio.timeout(PATIENCE):
        while not condition(total := generator.total()):
            await asyncio.to_thread(generator.run, 0.002)
    return total


@pytest.mark.parametrize("scenario", [CALL, AUDIENCE], ids=lambda scenario: scenario.name)
async def test_every_packet_arrives_through_the_floor_and_is_counted_once(
    scenario: Scenario,
) -> None:
    async with load(Floor.maker(HOST), scenario) as generator:
        await until(generator, lambda total: total.sent >= 100)
        total = await until(
            generator, lambda total: total.forwarded >= total.sent * scenario.fan_out
        )
    assert total.forwarded == total.sent * scenario.fan_out
    assert total.unreadable == total.send_failed == total.lost_up == total.lost_down == 0


async def test_it_sends_no_more_than_it_should() -> None:
    async with load(Floor.maker(HOST), CALL) as generator:
        await asyncio.to_thread(generator.run, 0.5)
        figures = generator.take()
    seconds = figures.wall_ns / 1e9
    # Each of the four streams begins with a packet.
    most = 2 * (AUDIO_RATE + VIDEO_RATE) * seconds + 4
    assert 0 < figures.sent <= most  # on a busy machine less: `carelay load` tells of it
    assert 0 < figures.delay_p50_us <= figures.delay_p99_us
    assert 0 < figures.cpu_ns < figures.wall_ns


async def test_taken_figures_begin_again() -> None:
    async with load(Floor.maker(HOST), CALL) as generator:
        total = await until(generator, lambda total: total.forwarded > 0)
        assert generator.take() == Figures()
        assert generator.total() == total
        generator.begin_total()
        assert generator.total() == Figures()


async def test_lost_packets_are_asked_for_and_sent_again_by_both_sides() -> None:
    async with load(Carelay.maker(HOST), CALL) as generator:
        generator.set_loss(0.1)
        total = await until(
            generator,
            lambda total: total.retransmitted > 3 and total.nacks_sent > 3 and total.repaired > 3,
        )
    assert total.lost_up > 0
    assert total.lost_down > 0
    assert total.unreadable == 0


async def test_sound_that_comes_twice_is_counted_apart() -> None:
    async with load(Carelay.maker(HOST), CALL) as generator:
        generator.set_loss(0.1)
        total = await until(generator, lambda total: total.repeated > 20)
    assert total.unreadable == 0
    assert total.forwarded - total.repaired <= total.sent


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


async def test_while_it_runs_nothing_else_can_be_asked_of_it() -> None:
    async with load(Floor.maker(HOST), CALL) as generator:
        running = asyncio.create_task(asyncio.to_thread(generator.run, 0.3))
        with pytest.raises(RuntimeError, match="is running"):
            await take_until(running, generator)
        await running
        generator.take()


async def take_until(done: "asyncio.Task[None]", generator: Generator) -> None:
    while not done.done():
        generator.take()
        await asyncio.sleep(0)


async def test_clients_may_come_while_others_talk(caplog: pytest.LogCaptureFixture) -> None:
    async with RelayProcess.running(HOST) as relay, running(loss=0.0) as load:
        alone = await join(relay, load, "alone", "ann")
        await heard(load, lambda figures: figures.sent > 0 and figures.forwarded == 0)
        await join(relay, load, "both", "ben")
        await join(relay, load, "both", "eve")
        await heard(load, lambda figures: figures.forwarded > 0)
        assert alone.socket.fileno() >= 0
    assert alone.socket.fileno() < 0
    assert not caplog.records


async def join(relay: RelayProcess, load: Running, room: str, participant: str) -> Connection:
    """Over whatever addresses this machine has."""
    connection, tracks = Connection(any_address()), CALL.tracks()
    sdp = offer(connection.transport, tracks, slots=CALL.kinds)
    assert "candidate:" not in sdp
    body = {
        "room": room,
        "participant": participant,
        "sdp": sdp,
        "sources": {"0": "microphone", "1": "camera"},
    }
    answer = (await relay.post("join", **body))["sdp"]
    remote = Transport.of(answer)
    nowhere = ("192.0.2.1", 9), ("2001:db8::1", 9)
    consent = await connection.connect(replace(remote, addresses=(*nowhere, *remote.addresses)))
    await load.add(connection, consent, [track.agreed(answer) for track in tracks])
    return connection


async def heard(load: Running, condition: Callable[[Figures], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not condition(await load.take()):
            pass


async def test_a_server_whose_media_port_does_not_answer_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(connection, "TIMEOUT", 0.3)
    nobody = Transport((("127.0.0.1", 9),), "ufrag", "x" * 24, "sha-256 AB", "passive")
    client = Connection(HOST)
    with pytest.raises(
        TimeoutError, match=r"no answer from the server's media port: UDP 127\.0\.0\.1 port 9"
    ):
        await client.connect(nobody)
    client.socket.close()
