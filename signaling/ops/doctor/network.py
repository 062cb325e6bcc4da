"""The doctor looks at ports and addresses."""

import errno
import ipaddress
import socket
import ssl
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path

import msgspec

from relay.transport.addresses import host_addresses
from relay.transport.port import WANTED_BUFFER_BYTES
from signaling.config import Config
from signaling.kernel.network import LOOPBACK, is_in
from signaling.ops.doctor.finding import Finding, note, ok, problem
from signaling.ops.resources import Health

ANSWER_SECONDS = 2.0
MOST_OCTETS = 4096
LOCALHOST = "127.0.0.1"
RMEM_MAX = Path("/proc/sys/net/core/rmem_max")
LOOPBACK_NAMES = ("localhost", LOCALHOST, "::1")


def look_at_ports(config: Config) -> Iterator[Finding]:
    """Can they be had? Those of a carelay that runs now are as good."""
    runs = _carelay_answers(config)
    yield _bind("pages", config.server.host, config.server.port, socket.SOCK_STREAM, runs=runs)
    relay = config.relay
    for index in range(relay.engine_threads if relay.port else 1):
        yield _bind("media", relay.host, relay.port + index, socket.SOCK_DGRAM, runs=runs)


def _bind(what: str, host: str, port: int, kind: socket.SocketKind, *, runs: bool) -> Finding:
    name = f"{what}: {'UDP' if kind == socket.SOCK_DGRAM else 'TCP'} {host} port {port}"
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=kind)[0]
        with socket.socket(family, kind) as probe:
            if kind == socket.SOCK_STREAM:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            return problem(f"{name}: {error.strerror}", "choose another address or port")
        if runs:
            return ok(f"{name} is held by the carelay that runs now")
        return problem(
            f"{name} is held by another program", "stop that program, or choose another port"
        )
    return ok(f"{name} is free")


def _carelay_answers(config: Config) -> bool:
    """Whether a carelay serves the pages at the configured address now."""
    loopback = {"0.0.0.0": LOCALHOST, "::": "::1"}  # noqa: S104  nothing is bound to them
    host = loopback.get(config.server.host, config.server.host)
    if config.server.tls_certificate_file:
        context = ssl.create_default_context()
        # It is asked by its address, and told nothing.
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        client: HTTPConnection = HTTPSConnection(
            host, config.server.port, timeout=ANSWER_SECONDS, context=context
        )
    else:
        client = HTTPConnection(host, config.server.port, timeout=ANSWER_SECONDS)
    try:
        client.request("GET", "/healthz")
        return client.getresponse().read(MOST_OCTETS) == msgspec.json.encode(Health())
    except (OSError, HTTPException):
        return False
    finally:
        client.close()


def look_at_buffers(rmem_max: Path = RMEM_MAX) -> Iterator[Finding]:
    """Does the kernel lend the media port enough memory?"""
    if not rmem_max.exists():
        return
    allowed = int(rmem_max.read_text())
    if allowed < WANTED_BUFFER_BYTES:
        advice = f"for many calls at once run: sysctl -w net.core.rmem_max={WANTED_BUFFER_BYTES}"
        yield note(f"UDP buffers: the kernel allows {allowed // 1024} KiB", advice)
    else:
        yield ok(f"UDP buffers: the kernel allows {allowed // 1024} KiB")


def look_at_addresses(config: Config) -> Iterator[Finding]:
    """Will browsers find the media port?"""
    announced = config.relay.announced_addresses
    if any(ipaddress.ip_address(address).is_unspecified for address in announced):
        yield problem(
            "announced addresses: 0.0.0.0 is nobody's address", "name the server's public address"
        )
        return
    if deaf := [address for address in announced if not _is_heard(address, config.relay.host)]:
        yield problem(
            f"announced addresses: {', '.join(deaf)} cannot be heard at relay.host "
            f"{config.relay.host}",
            'listen on "::", which takes IPv4 and IPv6, or announce addresses of the same family',
        )
    addresses = announced or (
        [config.relay.host] if _is_one(config.relay.host) else host_addresses()
    )
    reach = "from the internet" if any(map(_is_public, addresses)) else "from this network only"
    reach = (
        "from this machine only"
        if all(is_in(address, LOOPBACK) for address in addresses)
        else reach
    )
    text = f"media addresses: {', '.join(addresses) or 'none'}, reached {reach}"
    if reach == "from the internet":
        yield ok(text)
    else:
        yield note(
            text, "for patients elsewhere, name the public address in relay.announced_addresses"
        )


def _is_heard(address: str, host: str) -> bool:
    """Whether a socket bound to `host` takes datagrams of the address's family; `::` takes both."""
    bound = ipaddress.ip_address(host)
    return host == "::" or bound.version == ipaddress.ip_address(address).version


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
            "for others set up TLS (server.tls_certificate_file), or a proxy with https and "
            "server.public_url",
        )
    return problem(
        f"camera access: the pages are plain http on {server.host}; browsers refuse camera and "
        "microphone there",
        "set server.tls_certificate_file and tls_key_file, or put an https proxy in front and set "
        "server.public_url",
    )
