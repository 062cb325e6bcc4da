"""Asks every question, prints the answers, and counts the problems."""

import argparse
import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime

from signaling.commands.doctor.certificate import look_at_certificate
from signaling.commands.doctor.finding import Finding, ok, problem
from signaling.commands.doctor.network import (
    look_at_addresses,
    look_at_buffers,
    look_at_ice_servers,
    look_at_ports,
    look_at_secure_context,
)
from signaling.commands.doctor.storage import look_at_database, look_at_folders, look_at_key
from signaling.commands.terminal import say
from signaling.config import Config
from signaling.config.file import load, origin
from signaling.config.rules import unusable_files


def run(arguments: argparse.Namespace) -> int:
    """0 without problems, 1 with any; notes do not count."""
    config = load(arguments.config, files_must_exist=False)
    findings = [ok(f"configuration: {origin(arguments.config)}"), *examine(config, datetime.now(UTC))]
    for finding in findings:
        say(str(finding))
    problems = sum(finding.level == "problem" for finding in findings)
    say()
    say(f"{problems} problem{'' if problems == 1 else 's'} found." if problems else "No problems found.")
    return 1 if problems else 0


def examine(config: Config, now: datetime) -> Iterator[Finding]:
    """Every finding about a configuration that could be read."""
    yield from _look_at_files(config)
    yield look_at_key(config)
    yield from look_at_folders(config)
    yield from asyncio.run(look_at_database(config))
    yield from look_at_ports(config)
    yield from look_at_buffers()
    yield from look_at_addresses(config)
    yield look_at_secure_context(config)
    yield from look_at_certificate(config, now)
    yield from asyncio.run(look_at_ice_servers(config))
    yield _look_at_pages(config)


def _look_at_pages(config: Config) -> Finding:
    index = config.pages_path / "index.html"
    if index.is_file():
        return ok(f"pages: {config.pages_path}")
    advice = "`make run` builds them in a checkout; a wheel brings them; or correct server.web_path"
    return problem(f"pages: there is no {index}", advice)


def _look_at_files(config: Config) -> Iterator[Finding]:
    for key, text in unusable_files(config):
        if key != "recording.key_file":  # look_at_key says more
            yield problem(f"{key}: {text}", "correct the path in the configuration, or put the file there")
