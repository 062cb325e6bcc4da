"""Builds the C of a room of relay once more, with sanitizers, for tests and fuzzing."""

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

LONGEST = 300
"""Seconds that a test under sanitizers may take on a busy machine: they make everything three times as slow."""
RELAY = Path(__file__).parents[2] / "relay"
SANITIZERS = ("-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-fno-omit-frame-pointer", "-g", "-O1")
STRICT = ("-std=c11", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Werror", "-Wno-missing-field-initializers")

STAND_IN = """
import importlib.util, os, sys
path = sys.argv[1]
room = os.path.basename(path).split(".")[0]
name = f"relay{room.replace('_', '.')}.{room}"
spec = importlib.util.spec_from_file_location(name, path)
sys.modules[name] = importlib.util.module_from_spec(spec)
spec.loader.exec_module(sys.modules[name])
del os.environ["LD_PRELOAD"]  # processes started from here are as they are shipped
"""


def extension(folder: Path, room: str = "engine") -> Path:
    """The whole module, sanitized; for a process that has libasan preloaded."""
    target = folder / f"_{room}{sysconfig.get_config_var('EXT_SUFFIX')}"
    include = f"-I{sysconfig.get_paths()['include']}"
    _compile(
        "gcc", *STRICT, *SANITIZERS, "-shared", "-fPIC", include, *sources(room), "-o", target, "-lm", "-lpthread"
    )
    return target


def sources(room: str = "engine", *, python: bool = True) -> list[Path]:
    """The room's files; without `python` those that know nothing of Python."""
    files = sorted((RELAY / room).glob("*.c"))
    return files if python else [f for f in files if f.name != "module.c" and not f.name.startswith("python_")]


def _libasan() -> str:
    """gcc's libasan, which must be in the process before Python's own allocations."""
    answer = subprocess.run(["gcc", "-print-file-name=libasan.so"], check=True, capture_output=True, text=True)
    return answer.stdout.strip()


def fuzzer(target: Path, folder: Path) -> Path:
    """libFuzzer's program for one target, which lies in a folder named as the room; libFuzzer is clang's."""
    program, room = folder / target.stem, target.parent.name
    text = target.read_text()  # of a file that a target takes in, its static functions too are in reach
    files = [target, *(f for f in sources(room, python=False) if f'relay/{room}/{f.name}"' not in text)]
    common: list[str | Path] = [*STRICT, *SANITIZERS, f"-I{RELAY / room}", *files]
    _compile("clang", "-fsanitize=fuzzer", *common, "-o", program, "-lm", "-lpthread")
    return program


def _compile(*command: str | Path) -> None:
    subprocess.run(command, check=True)


def run(extension: Path, script: str) -> None:
    """Run a script in a process where `extension` stands in for the module as it is shipped.

    Raises AssertionError with what a sanitizer found, or what else made it fail.
    """
    environment = os.environ | {
        "LD_PRELOAD": _libasan(),
        "ASAN_OPTIONS": "detect_leaks=0",  # CPython's own; test_leaks.py counts ours
        "PYTHONMALLOC": "malloc",
        "UBSAN_OPTIONS": "print_stacktrace=1",
    }
    command: list[str | Path] = [sys.executable, "-c", STAND_IN + script, extension]
    result = subprocess.run(
        command, env=environment, capture_output=True, text=True, check=False, timeout=LONGEST - 20
    )
    assert result.returncode == 0, (result.stdout + result.stderr)[-4000:]
