"""Answers leave from the address that was asked, whichever of the server's addresses that is."""

import os
import subprocess
import sys

import pytest


def call(bind: str, announced: str, client: str) -> subprocess.CompletedProcess[str]:
    """See several_addresses.py."""
    as_user = [] if os.geteuid() == 0 else ["--map-root-user"]
    program = [sys.executable, "-m", "tests.relay.several_addresses", bind, announced, client]
    command = ["unshare", *as_user, "--net", "--", *program]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize(
    ("bind", "announced", "client"),
    [
        ("0.0.0.0", "10.77.0.1", "10.77.0.3"),
        ("0.0.0.0", "10.77.0.2", "127.0.0.1"),
        ("::", "fd77::2", "fd77::3"),
        ("::", "::1", "fd77::3"),
        ("::", "10.77.0.2", "10.77.0.3"),
    ],
    ids=["IPv4", "IPv4 of another network", "IPv6", "IPv6 loopback", "IPv4 of a dual stack"],
)
def test_a_server_bound_to_all_addresses_answers_from_the_one_that_was_asked(
    bind: str, announced: str, client: str
) -> None:
    result = call(bind, announced, client)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("address", ["10.77.0.2", "fd77::2"])
def test_a_server_bound_to_one_address_answers_from_it(address: str) -> None:
    result = call(address, address, "fd77::3" if ":" in address else "10.77.0.3")
    assert result.returncode == 0, result.stdout + result.stderr
