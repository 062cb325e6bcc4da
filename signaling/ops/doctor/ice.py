"""The doctor speaks to STUN and TURN servers as a browser would: a binding, an allocation."""

import asyncio
import secrets
import socket
import struct
import time

from aioice import stun, turn

from signaling.calls.ice import ice_servers
from signaling.config import Config
from signaling.config.iceurl import IceUrl, parse
from signaling.ops.doctor.finding import Finding, ok, problem

ANSWER_SECONDS = 3.0
LIFETIME = 60  # s that the allocation would last if it could not be deleted
BINDING_REQUEST, BINDING_RESPONSE = 0x0001, 0x0101
MAGIC_COOKIE = 0x2112A442
UNAUTHORIZED, ALLOCATION_QUOTA = 401, 486
ADVICE = {
    UNAUTHORIZED: "correct ice.turn_static_auth_secret, or turn_username and turn_credential; "
    "its clock must be right, too",
    ALLOCATION_QUOTA: "raise the TURN server's quota",
}


async def look_at_ice_servers(config: Config) -> list[Finding]:
    """Do STUN servers answer, and do TURN servers relay for the credentials that browsers get?"""
    asked = [
        _look_at(url, server.username or "", server.credential or "")
        for server in ice_servers(config, time.time())
        for url in server.urls
    ]
    return list(await asyncio.gather(*asked))


async def _look_at(url: str, username: str, credential: str) -> Finding:
    server = parse(url)
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            if server.relays:
                await _allocate(server, username, credential)
            else:
                await _bind(server)
    except TimeoutError:
        what = "TURN" if server.relays else "STUN"
        return problem(
            f"{url}: no {what} answer within {ANSWER_SECONDS:.0f} s",
            "check its address, and the firewalls between; is something else listening there?",
        )
    except stun.TransactionFailed as error:
        code, reason = error.response.attributes["ERROR-CODE"]
        return problem(
            f"{url}: refuses to relay: {code} {reason}", ADVICE.get(code, "look into its log")
        )
    except (OSError, ValueError, EOFError, stun.TransactionError) as error:
        return problem(f"{url}: {_words(error)}", "check the name, the port and the certificate")
    return ok(f"{url} {'relays' if server.relays else 'answers'}")


def _words(error: Exception) -> str:
    if isinstance(error, EOFError):
        return "closes the connection without an answer"
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


class _Allocation(asyncio.DatagramProtocol):
    """Hears only when it is gone again."""

    def __init__(self) -> None:
        self.closed = asyncio.Event()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  asyncio calls it so
        self.closed.set()


async def _allocate(server: IceUrl, username: str, credential: str) -> None:
    """RFC 8656, section 7, with the long-term credentials of a browser; given back at once."""
    transport, allocation = await turn.create_turn_endpoint(
        _Allocation,
        (server.host, server.port),
        username,
        credential,
        lifetime=LIFETIME,
        ssl=True if server.secure else None,
        transport=server.transport,
    )
    transport.close()
    await allocation.closed.wait()


async def _bind(server: IceUrl) -> None:
    """RFC 8489, section 3."""
    request = struct.pack("!HHI12s", BINDING_REQUEST, 0, MAGIC_COOKIE, secrets.token_bytes(12))
    if server.transport == "udp":
        await _bind_over_udp(server, request)
        return
    reader, writer = await asyncio.open_connection(
        server.host, server.port, ssl=True if server.secure else None
    )
    try:
        writer.write(request)
        if not _answers(await reader.readexactly(len(request)), request):
            raise ValueError("what listens there is not a STUN server")
    finally:
        writer.close()


async def _bind_over_udp(server: IceUrl, request: bytes) -> None:
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(server.host, server.port, type=socket.SOCK_DGRAM)
    family, _, _, _, address = found[0]
    with socket.socket(family, socket.SOCK_DGRAM) as udp:
        udp.setblocking(False)
        udp.connect(address)
        await loop.sock_sendall(udp, request)
        while not _answers(await loop.sock_recv(udp, 1500), request):
            pass  # somebody else's datagram


def _answers(reply: bytes, request: bytes) -> bool:
    return (
        len(reply) >= len(request)
        and reply[:2] == struct.pack("!H", BINDING_RESPONSE)
        and reply[4:20] == request[4:20]
    )
