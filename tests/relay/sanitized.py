"""Builds the C of a room of relay once more, with sanitizers, for tests and fuzzing.

What was built lies in build/sanitized, by the digest of all that it was made of.
"""

import hashlib
import os
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

from tests.support.effort import effort

LONGEST = effort(300, long=3000)
"""Seconds that a test under sanitizers may take on a busy machine: they make everything three times
as slow.
"""
ROOT = Path(__file__).parents[2]
RELAY = ROOT / "relay"
BUILT = ROOT / "build" / "sanitized"
SANITIZERS = (
    "-fsanitize=address,undefined",
    "-fno-sanitize-recover=all",
    "-fno-omit-frame-pointer",
    "-g",
    "-O1",
)
STRICT = (
    "-std=c11",
    "-D_GNU_SOURCE",
    "-Wall",
    "-Wextra",
    "-Werror",
    "-Wno-missing-field-initializers",
)

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


def extension(room: str = "engine") -> Path:
    """The whole module, sanitized; for a process that has libasan preloaded."""
    include = f"-I{sysconfig.get_paths()['include']}"
    name = f"_{room}{sysconfig.get_config_var('EXT_SUFFIX')}"
    return _built(
        name, room, "gcc", *STRICT, *SANITIZERS, "-shared", "-fPIC", include, *sources(room)
    )


def sources(room: str = "engine", *, python: bool = True) -> list[Path]:
    """The room's files; without `python` those that know nothing of Python."""
    files = sorted((RELAY / room).glob("*.c"))
    return (
        files
        if python
        else [f for f in files if f.name != "module.c" and not f.name.startswith("python_")]
    )


def _libasan() -> str:
    """gcc's libasan, which must be in the process before Python's own allocations."""
    answer = subprocess.run(
        ["gcc", "-print-file-name=libasan.so"], check=True, capture_output=True, text=True
    )
    return answer.stdout.strip()


def fuzzer(target: Path) -> Path:
    """libFuzzer's program for one target, which lies in a folder named as the room;
    libFuzzer is clang's.
    """
    room = target.parent.name
    # Of a file that a target takes in, its static functions too are in reach.
    text = target.read_text()
    files = [
        target,
        *(f for f in sources(room, python=False) if f'relay/{room}/{f.name}"' not in text),
    ]
    include = f"-I{RELAY / room}"
    return _built(
        target.stem, room, "clang", "-fsanitize=fuzzer", *STRICT, *SANITIZERS, include, *files
    )


def _built(name: str, room: str, *command: str | Path) -> Path:
    """What the command makes, from an earlier run where nothing has changed since."""
    named = {part for part in command if isinstance(part, Path)}
    read = sorted(named | {*(RELAY / room).glob("*.[ch]"), *RELAY.glob("*.[ch]")})
    digest = hashlib.sha256(repr([str(part) for part in command]).encode())
    for path in read:
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    made = BUILT / digest.hexdigest()[:20] / name
    if not made.exists():
        made.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=made.parent) as folder:
            draft = Path(folder) / name
            subprocess.run([*command, "-o", draft, "-lm", "-lpthread"], check=True)
            draft.replace(made)  # at once: others may be building the same
    return made


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
