"""What is dropped is counted, also what nobody in the server ever sees,
and each reason is explained.
"""

import asyncio
import re
import socket
from pathlib import Path

from relay.engine import Engine
from tests.patience import PATIENCE

ROOT = Path(__file__).parents[3]

DATAGRAM = b"\x80" + bytes(99)


async def test_datagrams_that_the_kernel_had_no_room_for_are_counted() -> None:
    sent = 200
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender,
    ):
        udp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)  # the kernel's least, about 2 kB
        udp.bind(("127.0.0.1", 0))
        engine = Engine(udp.fileno(), 0.0, 1_000_000)
        for _ in range(sent):  # nobody reads yet
            sender.sendto(DATAGRAM, udp.getsockname())
        engine.start()
        async with asyncio.timeout(PATIENCE):
            while "receive_queue_full" not in engine.counters()["dropped"]:
                # The kernel tells with the next one that it takes.
                sender.sendto(DATAGRAM, udp.getsockname())
                sent += 1
                await asyncio.sleep(0.005)
            # A counter, not an event.
            while sum(engine.counters()["dropped"].values()) < sent:  # noqa: ASYNC110
                await asyncio.sleep(0.005)
        dropped = engine.counters()["dropped"]
        assert dropped["receive_queue_full"] > 100
        assert dropped.keys() == {"receive_queue_full", "unknown_address"}
        assert sum(dropped.values()) == sent
        engine.close()


def test_every_reason_is_explained_and_no_other() -> None:
    c = "".join(file.read_text() for file in (ROOT / "relay/engine").glob("*.c"))
    python = "".join(file.read_text() for file in (ROOT / "relay/transport").glob("*.py"))
    counted = re.findall(r'\[DROPPED_\w+\] = "(\w+)"|add_dropped\(reasons, "(\w+)"', c)
    counted += re.findall(
        r'dropped\["(\w+)"\]|drop\("(\w+)"\)|(?:Refusal|_refuse)\("(\w+)"', python
    )
    text = (ROOT / "OPERATIONS.md").read_text()
    listed = text.partition("### Why datagrams and packets are dropped\n\n")[2].partition("\n\n")[0]
    explained = [
        word
        for reasons in re.findall(r"^- ([^:]*):", listed, re.MULTILINE)
        for word in re.findall(r"`(\w+)`", reasons)
    ]
    assert sorted(explained) == sorted({word for words in counted for word in words if word})
