"""A call over each address of a server that has several, in a network of its own;
started by test_source_address.py.

    unshare --net python -m tests.relay.several_addresses BIND ADDRESS CLIENT

Clients at address CLIENT call each other through a relay that is bound to BIND and announces
ADDRESS. Exits with 1 if a datagram came from anywhere else, or something did not come.
"""

import asyncio
import subprocess
import sys

from relay.relay import Relay, RelaySettings
from tests.patience import PATIENCE, until
from tests.scenarios.party import KEYFRAME, Party

ADDRESSES = ("10.77.0.1", "10.77.0.2", "10.77.0.3", "fd77::1", "fd77::2", "fd77::3")


def set_up() -> None:
    """Several addresses of both families, beside 127.0.0.1 and ::1."""
    commands = ["ip link set lo up"]
    # Without duplicate address detection (RFC 4862), during which nothing can be bound.
    commands += [
        f"ip address add {each} dev lo {'nodad' if ':' in each else ''}" for each in ADDRESSES
    ]
    for command in commands:
        subprocess.run(command.split(), check=True)


async def call(bind: str, announced: str, client: str) -> bool:
    """Whether two people hear and see each other, and nothing came from elsewhere."""
    relay = await Relay.open(RelaySettings(host=bind, announced_addresses=(announced,)))
    room, parties = relay.room("room"), [Party("ann", host=client), Party("bob", host=client)]
    ann, bob = parties
    try:
        async with asyncio.timeout(PATIENCE):
            for party in parties:
                await party.join(room)
            ann.send("camera", KEYFRAME)
            bob.send("microphone", b"hello")
            await until(
                lambda: bob.packets_of("ann", "camera") and ann.packets_of("bob", "microphone")
            )
            await until(lambda: ann.rtcp and bob.rtcp)
    finally:
        print("from elsewhere:", [party.client.strayed for party in parties])
        for party in parties:
            await party.close()
        await relay.close()
    return not any(party.client.strayed for party in parties)


if __name__ == "__main__":
    set_up()
    sys.exit(not asyncio.run(call(*sys.argv[1:])))
