"""`carelay serve`: the server, from the configuration to the last sealed recording."""

import argparse
import asyncio
import signal
import socket
import ssl
from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec
import uvloop
from aiohttp import web

from relay.transport.addresses import host_addresses
from signaling.app import create_app, end_calls
from signaling.cli import demo
from signaling.config import Config
from signaling.config.file import load
from signaling.http import connections
from signaling.http.parts import SERVICES
from signaling.http.server import Runner
from signaling.identity.passwords import Passwords
from signaling.kernel import logs, tls
from signaling.kernel.terminal import CommandError, say

SHUTDOWN_SECONDS = 10.0
BACKLOG = 128
LOOPBACK = "127.0.0.1"
# Only with --tls self-signed, which is for a phone beside this machine.
EVERYWHERE = "0.0.0.0"  # noqa: S104


def serve(arguments: argparse.Namespace) -> int:
    """Run until SIGTERM or SIGINT."""
    config = _config(arguments)
    logs.set_up(config.log.level)
    connections.allow_many()
    uvloop.run(_run(config, _tls(config, arguments), is_demo=arguments.demo))
    return 0


def _config(arguments: argparse.Namespace) -> Config:
    given = {"server.host": arguments.host, "server.port": arguments.port}
    options = {key: text for key, text in given.items() if text is not None}
    if arguments.demo:
        demo.prepare(load(arguments.config, options=options, files_must_exist=False))
    config = load(arguments.config, options=options)
    if arguments.demo:
        return config
    if arguments.tls and not arguments.host and config.server.host == LOOPBACK:
        return msgspec.structs.replace(
            config, server=msgspec.structs.replace(config.server, host=EVERYWHERE)
        )
    return config


def _tls(config: Config, arguments: argparse.Namespace) -> ssl.SSLContext | None:
    if arguments.tls:
        names = tls.local_names(host_addresses())
        return tls.server_context(
            *tls.self_signed(config.storage.data_path / "tls", names, datetime.now(UTC))
        )
    if config.server.tls_certificate_file and config.server.tls_key_file:
        return tls.server_context(config.server.tls_certificate_file, config.server.tls_key_file)
    return None


async def _run(config: Config, context: ssl.SSLContext | None, *, is_demo: bool) -> None:
    stop = _stop_signal()
    listening = _listen(config)
    asyncio.get_running_loop().set_exception_handler(logs.log_of_loop)
    runner = Runner(
        create_app(config, demo=is_demo),
        shutdown_timeout=SHUTDOWN_SECONDS,
        keepalive_timeout=connections.KEEP_ALIVE_SECONDS,
    )
    try:
        await _start(runner, listening, context, is_demo=is_demo)
        closing = asyncio.create_task(
            connections.close_silent(_server(runner), runner.app[connections.HEARD])
        )
        _announce(config, context, is_demo=is_demo)
        overtaken = await _stopped(stop, runner.app[SERVICES].lease.lost)
        closing.cancel()
        say("Stopping: running calls are ended and recordings sealed.")
        for site in list(runner.sites):
            await site.stop()  # nobody new; those who are here are heard until the end
        await end_calls(runner.app)
    finally:
        await runner.cleanup()
        for bound in listening:
            bound.close()
    if overtaken:
        raise CommandError(
            "the lease of this server could not be renewed in time; other servers may have taken "
            "over"
        )


async def _stopped(stop: asyncio.Event, lost: asyncio.Event) -> bool:
    """Wait for either; whether it was the second."""
    waiting = {asyncio.create_task(event.wait()) for event in (stop, lost)}
    _, pending = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()
    return lost.is_set()


def _server(runner: web.AppRunner) -> web.Server:
    assert runner.server is not None, "not set up"  # noqa: S101  setup() made it
    return runner.server


def _stop_signal() -> asyncio.Event:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


async def _start(
    runner: web.AppRunner,
    listening: Sequence[socket.socket],
    context: ssl.SSLContext | None,
    *,
    is_demo: bool,
) -> None:
    await runner.setup()
    if is_demo:
        services = runner.app[SERVICES]
        intakes = services.intakes if services.config.recording.enabled else None
        await demo.seed(services.database, Passwords(), datetime.now(UTC), intakes)
    for bound in listening:
        await web.SockSite(runner, bound, ssl_context=context).start()


def _listen(config: Config) -> list[socket.socket]:
    """Before anything else: a server whose port is taken must not touch the calls of the one
    that has it.

    Whoever connects while the server still opens its database waits instead of being refused.
    """
    host, port = config.server.host, config.server.port
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        places = list(dict.fromkeys((family, address) for family, _, _, _, address in found))
        return [
            socket.create_server(address[:2], family=family, backlog=BACKLOG)
            for family, address in places
        ]
    except OSError as error:
        where = f"{host} port {port}"
        raise CommandError(f"server.port: cannot listen on {where}: {error.strerror}") from None


def _announce(config: Config, context: ssl.SSLContext | None, *, is_demo: bool) -> None:
    urls = _urls(config, "https" if context else "http")
    if is_demo:
        say(demo.how_to_sign_in(urls[0]))
        return
    say(f"carelay is ready: {' '.join(urls)}")


def _urls(config: Config, scheme: str) -> list[str]:
    if config.server.public_url:
        return [config.server.public_url]
    host, port = config.server.host, config.server.port
    hosts = (
        host_addresses()
        if host in {EVERYWHERE, "::"}
        else ["localhost" if host == LOOPBACK else host]
    )
    return [f"{scheme}://{f'[{name}]' if ':' in name else name}:{port}" for name in hosts]
