"""What another process uses, and the whole machine, as the kernel counts it."""

import os
import resource
import time
from pathlib import Path

PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
TICKS = os.sysconf("SC_CLK_TCK")
_IDLE, _IO_WAIT = 3, 4


def cpu_seconds(pid: int) -> float:
    """CPU time of all its threads so far, those that ended included.

    The sum of utime and stime in /proc/PID/stat, but not rounded to 10 ms: it is the clock of
    clock_getcpuclockid(3), numbered by the complement of the process id above three bits that say
    `whole process, scheduler's time`.
    """
    return time.clock_gettime(~pid << 3 | 0b010)


def machine_cpu_seconds() -> float:
    """CPU time that all cores spent on anything so far;
    what a hypervisor gave to others counts too (proc(5)).
    """
    times = [int(ticks) for ticks in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    return (sum(times) - times[_IDLE] - times[_IO_WAIT]) / TICKS


def resident_bytes(pid: int) -> int:
    """Memory in RAM, shared pages included (RSS)."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE_BYTES


def allow_many_files() -> None:
    """Each client of a load has a socket: take as many as the system lets this process have."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
