"""The C of relay stands in floors, too: others know a file by its header,
and no two files need each other.
"""

import re
import shutil
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

RELAY = Path(__file__).parent.parent / "relay"
ROOMS = ("engine", "recording", "load")
INCLUDE = re.compile(r'^#include "([^"]+)"', re.MULTILINE)
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
DECLARED = re.compile(r"^(?!static|typedef)[a-z][\w *]*?(\w+)\([^;{}]*\);", re.MULTILINE)
DEFINED = re.compile(r"^(?!static|typedef)[a-z][\w *]*?(\w+)\([^;{}]*\) \{", re.MULTILINE)


def c_files(relay: Path) -> Iterator[Path]:
    for room in ROOMS:
        yield from sorted((relay / room).glob("*.[ch]"))


def needs(relay: Path) -> dict[Path, set[Path]]:
    """Of each .c and its .h, which count as one: the others that it includes."""
    found: dict[Path, set[Path]] = {}
    for file in c_files(relay):
        included = {(file.parent / name).resolve() for name in INCLUDE.findall(file.read_text())}
        assert all(header.is_file() for header in included), f"{file} includes what is not there"
        unit = file.with_suffix("").resolve()
        found.setdefault(unit, set()).update(
            {header.with_suffix("") for header in included} - {unit}
        )
    return found


def functions(pattern: re.Pattern[str], file: Path) -> set[str]:
    return set(pattern.findall(COMMENT.sub("", file.read_text()))) if file.is_file() else set()


def test_no_two_c_files_need_each_other() -> None:
    units = needs(RELAY)
    assert len(units) > len(ROOMS)
    TopologicalSorter(units).prepare()


def test_a_header_declares_what_its_own_file_defines() -> None:
    """Otherwise includes would not tell who needs whom."""
    declared = {file: functions(DECLARED, file) for file in c_files(RELAY) if file.suffix == ".h"}
    assert sum(map(len, declared.values())) > 100
    for header, names in declared.items():
        assert names <= functions(DEFINED, header.with_suffix(".c")), header


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("engine/layer.c", '#include "downlink.h"'),
        ("engine/uplink.h", '#include "peer.h"'),
        ("recording/annexb.c", '#include "picture.h"'),
        ("load/media.c", '#include "control.h"'),
    ],
)
def test_a_cycle_is_found(tmp_path: Path, file: str, line: str) -> None:
    shutil.copytree(RELAY, tmp_path / "relay", ignore=shutil.ignore_patterns("__pycache__", "*.so"))
    with (tmp_path / "relay" / file).open("a") as source:
        source.write(f"\n{line}\n")
    with pytest.raises(CycleError):
        TopologicalSorter(needs(tmp_path / "relay")).prepare()
