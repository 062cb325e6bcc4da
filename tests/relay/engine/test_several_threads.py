"""Several engines: a room lives on one, rooms spread over all, and the answer names the right port."""

import re

import pytest

from relay.relay import Relay, RelaySettings
from tests.scenarios.party import KEYFRAME, Party, until


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


async def test_engines_take_consecutive_ports_and_none_if_one_is_taken() -> None:
    holder = await Relay.open(RelaySettings(host="127.0.0.1"))
    with pytest.raises(OSError, match="in use"):
        await Relay.open(RelaySettings(host="127.0.0.1", port=holder.port - 1, engine_threads=2))
    free = await Relay.open(RelaySettings(host="127.0.0.1", port=holder.port - 1))
    await free.close()
    await holder.close()
