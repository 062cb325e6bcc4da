"""A coturn of the test's own, on loopback."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from aioice import stun

from tests.signaling.terminal import free_port

SECRET = "north"


@asynccontextmanager
async def turnserver(folder: Path) -> AsyncIterator[int]:
    """The port of a TURN server for UDP and TCP that believes credentials made with SECRET."""
    port = free_port()
    options = f"""
        --listening-ip=127.0.0.1 --relay-ip=127.0.0.1 --listening-port={port}
        --use-auth-secret --static-auth-secret={SECRET} --realm=carelay
        --no-cli --no-tls --no-dtls --log-file=stdout --simple-log
        --pidfile={folder / "turn.pid"} --userdb={folder / "turn.sqlite"}
    """.split()
    nowhere = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(
        "turnserver", "-n", *options, stdout=nowhere, stderr=nowhere
    )
    try:
        async with asyncio.timeout(30):
            while not (await _listens(port) and await _answers(port)):
                assert process.returncode is None, "turnserver ended"
                await asyncio.sleep(0.05)
        yield port
    finally:
        process.terminate()
        await process.wait()


async def _listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    await writer.wait_closed()
    return True


async def _answers(port: int) -> bool:
    """Over UDP, which it opens by itself."""
    loop = asyncio.get_running_loop()
    request = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
    with socket.socket(type=socket.SOCK_DGRAM) as asking:
        asking.setblocking(False)
        asking.connect(("127.0.0.1", port))
        try:
            async with asyncio.timeout(1):
                await loop.sock_sendall(asking, bytes(request))
                return bool(await loop.sock_recv(asking, 2048))
        except OSError:  # nobody is there, or a datagram was lost
            return False
