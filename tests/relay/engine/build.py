"""Builds the engine's C once more, with sanitizers, for tests and fuzzing."""

import subprocess
import sysconfig
from pathlib import Path

SOURCES = Path(__file__).parents[3] / "relay" / "engine"
SANITIZERS = ("-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-fno-omit-frame-pointer", "-g", "-O1")
STRICT = ("-std=c11", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Werror", "-Wno-missing-field-initializers")


def extension(folder: Path) -> Path:
    """The whole module, sanitized; for a process that has libasan preloaded."""
    target = folder / f"_engine{sysconfig.get_config_var('EXT_SUFFIX')}"
    include = f"-I{sysconfig.get_paths()['include']}"
    _compile("gcc", *STRICT, *SANITIZERS, "-shared", "-fPIC", include, *sources(), "-o", target, "-lm", "-lpthread")
    return target


def sources(*, python: bool = True) -> list[Path]:
    """The engine's files; without `python` those that know nothing of Python."""
    files = sorted(SOURCES.glob("*.c"))
    return files if python else [f for f in files if f.name != "module.c" and not f.name.startswith("python_")]


def preload() -> str:
    """gcc's libasan, which must be in the process before Python's own allocations."""
    answer = subprocess.run(["gcc", "-print-file-name=libasan.so"], check=True, capture_output=True, text=True)
    return answer.stdout.strip()


def fuzzer(target: Path, folder: Path) -> Path:
    """libFuzzer's program for one target; libFuzzer is clang's."""
    program = folder / target.stem
    common: list[str | Path] = [*STRICT, *SANITIZERS, f"-I{SOURCES}", target, *sources(python=False)]
    _compile("clang", "-fsanitize=fuzzer", *common, "-o", program, "-lm", "-lpthread")
    return program


def _compile(*command: str | Path) -> None:
    subprocess.run(command, check=True)
