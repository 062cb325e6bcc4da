"""What a test leaves behind is that test's fault: a small suite of such tests,
run by a pytest of its own.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).parent.parent
DEAF = ("sh", "-c", 'trap "" INT; exec "$@"', "sh")
"""Runs a command as a shell's background job, which ignores SIGINT."""

SUITE = """
import asyncio, signal, socket, subprocess, sys

class Kept:
    '''Refers to itself, so that only the garbage collector finds it.'''
    def __init__(self, what):
        self.what, self.itself = what, self

def start():
    return subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)

async def test_fails_with_sockets_open():
    server = Kept(await asyncio.start_server(print, "127.0.0.1", 0))
    client = Kept(await asyncio.open_connection(*server.what.sockets[0].getsockname()))
    raise AssertionError("its own")

def test_after_sockets():
    pass

def test_leaves_a_socket():
    Kept(socket.socket())

def test_after_a_socket():
    pass

def test_fails_with_a_process():
    process = start()
    print(f"process {process.pid}")
    raise AssertionError("its own")

def test_leaves_a_process():
    process = Kept(start())
    print(f"process {process.what.pid}")

def test_after_processes():
    pass

def test_a_process_hears_sigint():
    with subprocess.Popen(["sleep", "600"]) as process:
        process.send_signal(signal.SIGINT)
        assert process.wait() == -signal.SIGINT
"""


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What pytest says of the suite, whose tests are looked after as ours are."""
    suite = tmp_path_factory.mktemp("suite")
    shutil.copy(ROOT / "tests" / "conftest.py", suite)
    (suite / "test_some.py").write_text(SUITE)
    settings = (
        "-c",
        str(ROOT / "pyproject.toml"),
        "--rootdir",
        str(suite),
        "-p",
        "no:cacheprovider",
        "-rA",
    )
    command = [*DEAF, sys.executable, "-m", "pytest", *settings, str(suite)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def verdicts(output: str, name: str) -> list[str]:
    """What the summary says of one test."""
    return re.findall(rf"^(PASSED|FAILED|ERROR) \S+::{name}\b", output, re.MULTILINE)


@pytest.mark.parametrize(
    "name", ["test_after_sockets", "test_after_a_socket", "test_after_processes"]
)
def test_a_failed_test_fails_no_other(output: str, name: str) -> None:
    assert verdicts(output, name) == ["PASSED"], output


@pytest.mark.parametrize("name", ["test_leaves_a_socket", "test_leaves_a_process"])
def test_a_test_must_end_what_it_started(output: str, name: str) -> None:
    assert "ERROR" in verdicts(output, name), output


@pytest.mark.parametrize("name", ["test_fails_with_sockets_open", "test_fails_with_a_process"])
def test_a_failure_is_told_without_what_was_left_behind(output: str, name: str) -> None:
    assert verdicts(output, name) == ["FAILED"], output


def test_no_process_outlives_its_test(output: str) -> None:
    pids = {int(pid) for pid in re.findall(r"process (\d+)", output)}
    assert len(pids) == 2
    assert not any(map(psutil.pid_exists, pids))


def test_processes_hear_sigint_below_a_job_in_the_background(output: str) -> None:
    assert verdicts(output, "test_a_process_hears_sigint") == ["PASSED"], output
