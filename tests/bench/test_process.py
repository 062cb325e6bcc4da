import os
import subprocess
import sys
import time

import pytest

from bench.process import cpu_seconds, machine_cpu_seconds, resident_bytes


def test_cpu_time_is_that_of_the_whole_process() -> None:
    before = time.process_time()
    measured = cpu_seconds(os.getpid())
    assert before <= measured <= time.process_time()


def test_another_process_can_be_read() -> None:
    work = "import sys; sum(range(3_000_000)); print(flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", work], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        other.stdout.readline()
        assert cpu_seconds(other.pid) > 0.01
        assert resident_bytes(other.pid) > 1 << 20
        other.communicate()


def test_a_process_that_is_gone_is_an_error() -> None:
    with subprocess.Popen(["true"]) as gone:
        gone.wait()
    with pytest.raises(OSError, match="Invalid argument"):
        cpu_seconds(gone.pid)


def test_the_machine_is_at_least_as_busy_as_this_process() -> None:
    before, own = machine_cpu_seconds(), time.process_time()
    while time.process_time() - own < 0.1:
        pass
    assert machine_cpu_seconds() - before > 0.05  # it counts in ticks of 10 ms
