"""`make lint` reads the C as well: rules are broken on purpose to see it noticed."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("engine", "recording", "load")
C_FOLDERS = (
    *(f"relay/{room}" for room in ROOMS),
    "bench/relay",
    *(f"tests/relay/fuzz/{room}" for room in ROOMS),
)


def lint_c(tree: Path) -> subprocess.CompletedProcess[str]:
    """What make says in a tree that is set up already: `-o` counts a file as up to date."""
    done = ("-o", "build/stamps/development", "-o", "build/stamps/runtime")
    command = ("make", "--keep-going", *done, "lint-c")
    return subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)


@pytest.fixture
def copy_of_the_c(tmp_path: Path) -> Path:
    for folder in C_FOLDERS:
        shutil.copytree(
            ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__", "*.so")
        )
    for name in ("Makefile", ".clang-format", "relay/bytes.h"):
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / ".venv").symlink_to(ROOT / ".venv")
    return tmp_path


CARELESS = {
    "relay/engine/vp8.c": ("uint8_t narrow(int wide) { return wide; }", "-Werror=conversion"),
    "relay/load/delays.c": (
        "int shadow(int a) { { int a = 1; (void)a; } return a; }",
        "-Werror=shadow",
    ),
    "relay/load/media.c": ("static int unused(void) { return 1; }", "-Werror=unused-function"),
    "bench/relay/floor.c": ("int  wide;", "-Wclang-format-violations"),
}


def test_each_careless_line_of_c_is_found(copy_of_the_c: Path) -> None:
    for source, (line, _) in CARELESS.items():
        with (copy_of_the_c / source).open("a") as file:
            file.write(f"\n{line}\n")
    report = lint_c(copy_of_the_c)
    assert report.returncode == 2
    for source, (_, complaint) in CARELESS.items():
        assert any(source in said and complaint in said for said in report.stderr.splitlines()), (
            report.stderr
        )
