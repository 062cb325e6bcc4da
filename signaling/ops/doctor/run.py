"""Asks every question, prints the answers, and counts the problems."""

import argparse
import asyncio
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime

from signaling.config import Config
from signaling.config.file import load, origin
from signaling.config.rules import unusable_files
from signaling.kernel.terminal import say
from signaling.ops.doctor import (
    audit,
    certificate,
    ice,
    network,
    objects,
    platform,
    scanner,
    storage,
)
from signaling.ops.doctor.finding import Finding, ok, problem

KEY_FILES = {"clinical.key_file", "recording.key_file", "recording.public_key_file"}


def run(arguments: argparse.Namespace) -> int:
    """0 without problems, 1 with any; notes do not count."""
    config = load(arguments.config, files_must_exist=False)
    findings = [
        ok(f"configuration: {origin(arguments.config)}"),
        *examine(config, datetime.now(UTC)),
    ]
    for finding in findings:
        say(str(finding))
    problems = sum(finding.level == "problem" for finding in findings)
    say()
    say(
        f"{problems} problem{'' if problems == 1 else 's'} found."
        if problems
        else "No problems found."
    )
    return 1 if problems else 0


def examine(config: Config, now: datetime) -> Iterator[Finding]:
    """Every finding about a configuration that could be read.

    One that cannot be made is a finding itself.
    """
    looks: dict[str, Callable[[], Iterable[Finding]]] = {
        "files": lambda: _look_at_files(config),
        "key file": lambda: [storage.look_at_key(config)],
        "clinical key": lambda: [storage.look_at_clinical_key(config)],
        "audit key": lambda: [audit.look_at_audit_key(config)],
        "secrets": lambda: storage.look_at_modes(config),
        "folders": lambda: storage.look_at_folders(config),
        "bucket": lambda: objects.look_at_bucket(config),
        "audit bucket": lambda: objects.look_at_checkpoints(config),
        "database": lambda: asyncio.run(storage.look_at_database(config)),
        "ports": lambda: network.look_at_ports(config),
        "UDP buffers": network.look_at_buffers,
        "announced addresses": lambda: network.look_at_addresses(config),
        "camera access": lambda: [network.look_at_secure_context(config)],
        "certificate": lambda: certificate.look_at_certificate(config, now),
        "STUN and TURN": lambda: asyncio.run(ice.look_at_ice_servers(config)),
        "virus scanner": lambda: asyncio.run(scanner.look_at_scanner(config)),
        "tokens": lambda: platform.look_at_token_roles(config),
        "pages": lambda: [_look_at_pages(config)],
    }
    for subject, look in looks.items():
        yield from look_safely(subject, look)


def look_safely(subject: str, look: Callable[[], Iterable[Finding]]) -> Iterator[Finding]:
    """What a look finds; if it fails, that it does,
    so that the other looks are taken all the same.
    """
    try:
        yield from look()
    except Exception as error:
        yield problem(
            f"{subject}: cannot be examined: {type(error).__name__}: {error}",
            "correct its configuration",
        )


def _look_at_pages(config: Config) -> Finding:
    index = config.pages_path / "index.html"
    if index.is_file():
        return ok(f"pages: {config.pages_path}")
    advice = "`make run` builds them in a checkout; a wheel brings them; or correct server.web_path"
    return problem(f"pages: there is no {index}", advice)


def _look_at_files(config: Config) -> Iterator[Finding]:
    for key, text in unusable_files(config):
        if key not in KEY_FILES:  # of which storage says more
            yield problem(
                f"{key}: {text}", "correct the path in the configuration, or put the file there"
            )
