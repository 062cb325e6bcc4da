"""The doctor looks at ports, addresses and the servers in between."""

import asyncio
import errno
import ipaddress
import secrets
import socket
import struct
from collections.abc import Iterator
from pathlib import Path

from relay.transport.addresses import host_addresses
from signaling.commands.doctor.finding import Finding, note, ok, problem
from signaling.config import Config
from signaling.network import LOOPBACK, is_in

ANSWER_SECONDS = 3.0
# A keyframe of 24 cameras at once is about 2 MB; smaller buffers drop part of it in the kernel.
WANTED_BUFFER = 4 * 1024 * 1024
RMEM_MAX = Path("/proc/sys/net/core/rmem_max")
LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")
BINDING_REQUEST = 0x0001
MAGIC_COOKIE = 0x2112A442


def look_at_ports(config: Config) -> Iterator[Finding]:
    """Can they be had?"""
    yield _bind("pages", config.server.host, config.server.port, socket.SOCK_STREAM)
    yield _bind("media", config.relay.host, config.relay.port, socket.SOCK_DGRAM)


def _bind(what: str, host: str, port: int, kind: socket.SocketKind) -> Finding:
    name = f"{what}: {'UDP' if kind == socket.SOCK_DGRAM else 'TCP'} {host} port {port}"
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=kind)[0]
        with socket.socket(family, kind) as probe:
            if kind == socket.SOCK_STREAM:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return note(f"{name} is in use", "fine if carelay is running now; else stop the other program")
        return problem(f"{name}: {error.strerror}", "choose another address or port")
    return ok(f"{name} is free")


def look_at_buffers(rmem_max: Path = RMEM_MAX) -> Iterator[Finding]:
    """Does the kernel lend the media port enough memory?"""
    if not rmem_max.exists():
        return
    allowed = int(rmem_max.read_text())
    if allowed < WANTED_BUFFER:
        advice = f"for many calls at once run: sysctl -w net.core.rmem_max={WANTED_BUFFER}"
        yield note(f"UDP buffers: the kernel allows {allowed // 1024} KiB", advice)
    else:
        yield ok(f"UDP buffers: the kernel allows {allowed // 1024} KiB")


def look_at_addresses(config: Config) -> Iterator[Finding]:
    """Will browsers find the media port?"""
    announced = config.relay.announced_addresses
    if any(ipaddress.ip_address(address).is_unspecified for address in announced):
        yield problem("announced addresses: 0.0.0.0 is nobody's address", "name the server's public address")
        return
    addresses = announced or ([config.relay.host] if _is_one(config.relay.host) else host_addresses())
    reach = "from the internet" if any(map(_is_public, addresses)) else "from this network only"
    reach = "from this machine only" if all(is_in(address, LOOPBACK) for address in addresses) else reach
    text = f"media addresses: {', '.join(addresses) or 'none'}, reached {reach}"
    if reach == "from the internet":
        yield ok(text)
    else:
        yield note(text, "for patients elsewhere, name the public address in relay.announced_addresses")


def _is_one(host: str) -> bool:
    return not ipaddress.ip_address(host).is_unspecified


def _is_public(address: str) -> bool:
    return ipaddress.ip_address(address).is_global


def look_at_secure_context(config: Config) -> Finding:
    """Browsers open camera and microphone only over https or on localhost (W3C Secure Contexts)."""
    server = config.server
    if server.tls_certificate_file or server.public_url.startswith("https://"):
        return ok("camera access: browsers reach the pages over https")
    if server.host in LOOPBACK_NAMES and not server.trusted_proxies:
        return note(
            "camera access: only from this machine, as http://localhost",
            "for others set up TLS (server.tls_certificate_file), or a proxy with https and server.public_url",
        )
    return problem(
        f"camera access: the pages are plain http on {server.host}; browsers refuse camera and microphone there",
        "set server.tls_certificate_file and tls_key_file, or put an https proxy in front and set server.public_url",
    )


async def look_at_ice_servers(config: Config) -> list[Finding]:
    """Do STUN and TURN servers answer?"""
    urls = [*config.ice.stun_servers, *config.ice.turn_servers]
    return list(await asyncio.gather(*(_look_at_ice_server(url) for url in urls)))


async def _look_at_ice_server(url: str) -> Finding:
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            await _ask(url)
    except TimeoutError:
        return problem(
            f"{url}: no answer within {ANSWER_SECONDS:.0f} s", "check its address and the firewalls between"
        )
    except OSError as error:
        return problem(f"{url}: {error.strerror or error}", "check the name and the port")
    return ok(f"{url} answers")


async def _ask(url: str) -> None:
    """A STUN binding request, which TURN servers answer as well (RFC 8489); over TLS or TCP where the URL says so."""
    scheme, _, rest = url.partition(":")
    where, _, parameter = rest.partition("?transport=")
    host, port = _host_and_port(where, 5349 if scheme.endswith("s") else 3478)
    request = struct.pack("!HHI12s", BINDING_REQUEST, 0, MAGIC_COOKIE, secrets.token_bytes(12))
    if scheme.endswith("s") or parameter == "tcp":
        reader, writer = await asyncio.open_connection(host, port, ssl=True if scheme.endswith("s") else None)
        writer.write(request)
        await reader.readexactly(20)
        writer.close()
        return
    await _ask_udp(host, port, request)


async def _ask_udp(host: str, port: int, request: bytes) -> None:
    loop = asyncio.get_running_loop()
    family, _, _, _, address = (await loop.getaddrinfo(host, port, type=socket.SOCK_DGRAM))[0]
    with socket.socket(family, socket.SOCK_DGRAM) as udp:
        udp.setblocking(False)
        udp.connect(address)
        await loop.sock_sendall(udp, request)
        while (await loop.sock_recv(udp, 1500))[8:20] != request[8:20]:
            pass  # somebody else's datagram


def _host_and_port(where: str, default: int) -> tuple[str, int]:
    """`stun.example.org`, `192.0.2.1:3478` or `[2001:db8::1]:3478`"""
    if where.startswith("["):
        host, _, port = where[1:].partition("]")
        return host, int(port.removeprefix(":") or default)
    host, _, port = where.partition(":")
    return host, int(port or default)
