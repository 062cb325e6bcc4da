"""What every measurement has in common: medians, a table, and JSON that says where and
when it was made.
"""

import json
import os
import platform
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median
from typing import Any

FOLDER = Path("build/bench")
_PACKAGES = ("aiortc", "pylibsrtp", "uvloop", "aiohttp", "av", "cryptography")


def percentile(values: Sequence[float], fraction: float) -> float:
    """The smallest value that at least `fraction` (0 to 1) of them do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -int(-fraction * len(ordered) // 1) - 1)]


def median_of(values: Sequence[float | None]) -> float | None:
    """The median of those that were measured, to four significant digits; none if none was."""
    measured = [value for value in values if value is not None]
    return float(f"{median(measured):.4g}") if measured else None


def circumstances(**versions: str) -> dict[str, object]:
    """Machine, versions and time, to stand at the head of a result;
    `versions` are those of peers.
    """
    return {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": _commit(),
        "machine": {
            "processor": _processor(),
            "cores": os.cpu_count(),
            "memory_bytes": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
            "kernel": platform.release(),
            "load_before": os.getloadavg()[0],
        },
        "versions": {"python": platform.python_version()}
        | {name: _version(name) for name in _PACKAGES}
        | versions,
    }


def warn_if_busy() -> None:
    """Say so on standard error where the machine has other work to do."""
    load, cores = os.getloadavg()[0], os.cpu_count() or 1
    if load > cores / 2:
        print(
            f"the machine is busy (load {load:.1f} on {cores} cores): costs and delays will be off",
            file=sys.stderr,
        )


def _commit() -> str:
    described = subprocess.run(
        ["git", "describe", "--always", "--dirty"], capture_output=True, text=True, check=False
    )
    return described.stdout.strip()


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def write(path: Path, result: Mapping[str, Any]) -> None:
    """As JSON, for people too."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(result, indent=2) + "\n")


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Columns as wide as they need to be; numbers to the right, words to the left,
    nothing for None.
    """
    texts = [[_cell(value) for value in row] for row in (head, *rows)]
    widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
    right = [
        all(not isinstance(value, str) for value in column) for column in zip(*rows, strict=True)
    ]
    aligned = (
        "  ".join(
            cell.rjust(width) if number else cell.ljust(width)
            for cell, width, number in zip(row, widths, right, strict=True)
        )
        for row in texts
    )
    return "\n".join(line.rstrip() for line in aligned)


def _cell(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:.0f}" if abs(value) >= 1000 else f"{value:.3g}"
    return str(value)
