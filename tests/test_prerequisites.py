"""What a command needs of the machine is looked for before anything is downloaded, and said at
once.
"""

import os
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FITS, DOES_NOT = "exit 0", "exit 1"


def put(folder: Path, name: str, text: str) -> Path:
    """A program that stands in for another one."""
    program = folder / name
    program.write_text(f"#!/bin/sh\n{text}\n")
    program.chmod(0o755)
    return program


def run(script: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [ROOT / "scripts" / script, *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("there", "found"),
    [
        ({"python3": FITS, "python3.13": FITS}, "python3"),
        ({"python3": DOES_NOT, "python3.11": FITS}, "python3.11"),
        ({"python3": DOES_NOT, "python3.13": FITS, "python3.11": FITS}, "python3.13"),
        ({"python3": DOES_NOT}, ""),
        ({}, ""),
    ],
)
def test_the_first_python_that_fits_is_found(
    tmp_path: Path, there: dict[str, str], found: str
) -> None:
    for name, text in there.items():
        put(tmp_path, name, text)
    result = run("find-python", PATH=str(tmp_path))
    assert (result.returncode, result.stdout.strip()) == (0 if found else 1, found)
    assert not result.stderr


def test_any_python_from_the_oldest_on_may_be_used() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["requires-python"] == ">=3.11"


def test_whoever_is_not_root_is_told_once_all_that_is_missing(tmp_path: Path) -> None:
    put(tmp_path, "id", "echo 1000")
    put(tmp_path, "dpkg-query", DOES_NOT)
    put(tmp_path, "apt-get", f"touch {tmp_path}/asked")
    python = put(tmp_path, "bare-python", DOES_NOT)
    result = run(
        "prerequisites",
        "chromium",
        "clang",
        PATH=f"{tmp_path}:{os.environ['PATH']}",
        PYTHON=str(python),
    )
    assert (result.returncode, result.stdout) == (1, "")
    (line,) = result.stderr.splitlines()
    assert "as root: apt-get update && apt-get install" in line
    told = line.split()
    assert {"python3-venv", "python3-dev", "chromium", "clang"} <= set(told)
    assert not (tmp_path / "asked").exists()
    readme = (ROOT / "README.md").read_text()
    assert "python3-venv, python3-dev" in readme


def test_whoever_has_everything_is_told_nothing(tmp_path: Path) -> None:
    put(tmp_path, "dpkg-query", "echo 'ii '")
    result = run("prerequisites", "chromium", PATH=f"{tmp_path}:{os.environ['PATH']}")
    assert (result.returncode, result.stdout + result.stderr) == (0, "")


@pytest.mark.parametrize(("release", "package"), [("12", "libavcodec59"), ("13", "libavcodec61")])
def test_packages_have_the_names_of_the_release(release: str, package: str) -> None:
    command = ("make", "--dry-run", "--always-make", f"RELEASE={release}", "build/stamps/packages")
    asked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert package in asked.split()
