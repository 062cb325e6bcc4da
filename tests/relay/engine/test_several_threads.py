"""Several engines: a room lives on one, rooms spread over all,
and the answer names the right port.
"""

import re
import socket

import pytest
from aioice.stun import Class, Message, Method

from relay.relay import Relay, RelaySettings
from relay.stats import BATCH_BOUNDS, DELAY_BOUNDS
from tests.patience import until
from tests.scenarios.party import KEYFRAME, Party


def _port(party: Party) -> int:
    """Of the candidate that the party was told."""
    candidate = re.search(r"a=candidate:\S+ 1 udp \d+ \S+ (\d+) typ host", party.answer)
    assert candidate
    return int(candidate[1])


async def test_rooms_spread_over_the_engines_and_media_flows_on_each() -> None:
    relay = await Relay.open(RelaySettings(host="127.0.0.1", engine_threads=2))
    ports = set()
    for name in ("one", "two"):
        room = relay.room(name)
        ann, bob = await Party("ann").join(room), await Party("bob", ssrc_base=10).join(room)
        assert _port(ann) == _port(bob)
        ports.add(_port(ann))
        ann.send("camera", KEYFRAME)
        await until(lambda bob=bob: bob.packets_of("ann", "camera"))  # type: ignore[misc]
        await ann.close()
        await bob.close()
    assert len(ports) == 2
    await relay.close()


async def test_each_engine_tells_of_its_own_packets() -> None:
    relay = await Relay.open(RelaySettings(host="127.0.0.1", engine_threads=2))
    quiet, busy = relay.room("quiet"), relay.room("busy")
    ann, bob = await Party("ann").join(busy), await Party("bob", ssrc_base=10).join(busy)
    ann.send("camera", KEYFRAME)
    await until(lambda: bob.packets_of("ann", "camera"))
    assert quiet.endpoint is not busy.endpoint
    idle, used = sorted(relay.snapshot().engines, key=lambda engine: engine.received_packets)
    assert (idle.port, used.port) == (quiet.endpoint.port.number, busy.endpoint.port.number)
    assert (idle.received_packets, idle.forwarded_packets) == (0, 0)
    assert (sum(idle.delays.counts), idle.batches.sum) == (0, 0)
    assert (used.received_packets, used.forwarded_packets) == (1, 1)
    assert sum(used.batches.counts) == sum(used.delays.counts)
    assert used.batches.sum >= sum(used.batches.counts) > 0
    assert used.delays.sum > 0
    assert len(used.batches.counts) == len(BATCH_BOUNDS) + 1
    assert len(used.delays.counts) == len(DELAY_BOUNDS) + 1
    for party in (ann, bob):
        await party.close()
    await relay.close()


async def test_what_python_drops_counts_for_the_port_it_came_to() -> None:
    relay = await Relay.open(RelaySettings(host="127.0.0.1", engine_threads=2))
    first, second = relay.snapshot().engines
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        stranger.sendto(bytes([0x80]) + bytes(19), ("127.0.0.1", first.port))  # the engine's
        check = Message(message_method=Method.BINDING, message_class=Class.REQUEST)
        stranger.sendto(bytes(check), ("127.0.0.1", second.port))  # Python's
        await until(lambda: sum(relay.snapshot().dropped.values()) == 2)
    first, second = relay.snapshot().engines
    assert first.dropped == {"unknown_address": 1}
    assert second.dropped == {"stun_bad_fingerprint": 1}
    await relay.close()


async def test_engines_take_consecutive_ports_and_none_if_one_is_taken() -> None:
    holder = await Relay.open(RelaySettings(host="127.0.0.1"))
    with pytest.raises(OSError, match="in use"):
        await Relay.open(RelaySettings(host="127.0.0.1", port=holder.port - 1, engine_threads=2))
    free = await Relay.open(RelaySettings(host="127.0.0.1", port=holder.port - 1))
    await free.close()
    await holder.close()
