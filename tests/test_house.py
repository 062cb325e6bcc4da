"""The house rules of ARCHITECTURE.md: imports run downward, and relay and storage do not know each other."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("relay", "storage", "signaling")


def lint_imports(tree: Path) -> subprocess.CompletedProcess[str]:
    linter = Path(sys.executable).with_name("lint-imports")
    return subprocess.run(
        [linter, "--no-cache", "--config", ROOT / "pyproject.toml"],
        cwd=tree,
        env={"PYTHONPATH": str(tree), "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def copy_of_the_house(tmp_path: Path) -> Path:
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def test_imports_run_downward() -> None:
    report = lint_imports(ROOT)
    assert report.returncode == 0, report.stdout


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("relay/media.py", "import storage"),
        ("storage/__init__.py", "import relay.media"),
        ("relay/media.py", "import signaling.messages"),
        ("storage/__init__.py", "import signaling.messages"),
        ("signaling/messages.py", "import signaling.resources"),
    ],
)
def test_an_import_that_runs_upward_is_found(copy_of_the_house: Path, module: str, line: str) -> None:
    with (copy_of_the_house / module).open("a") as source:
        source.write(f"\n{line}\n")
    report = lint_imports(copy_of_the_house)
    assert report.returncode == 1, report.stdout + report.stderr
    assert "BROKEN" in report.stdout
