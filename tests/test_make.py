"""The commands of the README work alone, in a tree where nothing was set up yet."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
BUILT = (
    ".git",
    ".venv",
    ".*_cache",
    "build",
    "data",
    "dist",
    "keys",
    "node_modules",
    "__pycache__",
    "*.so",
)
PYTHON, PACKAGES = "pip install", "chromium firefox-esr"
PAGES, BROWSERS = "npm --prefix web ci", "npm --prefix tests/browser ci"


def make(tree: Path, *arguments: str) -> str:
    """What make prints; with `--dry-run` the commands it would call."""
    command = ("make", "--no-print-directory", *arguments)
    return subprocess.run(command, cwd=tree, capture_output=True, text=True, check=True).stdout


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tree without anything that was built in it, as a clone is."""
    return shutil.copytree(
        ROOT, tmp_path_factory.mktemp("clone") / "tree", ignore=shutil.ignore_patterns(*BUILT)
    )


@pytest.mark.parametrize(
    ("target", "command", "needs"),
    [
        (
            "test-python",
            "bin/pytest",
            (PYTHON, PACKAGES, PAGES, BROWSERS, "npm --prefix web run build"),
        ),
        ("test-web", "npm --prefix web test", (PAGES,)),
        ("test-browser", "node --test", (PYTHON, PACKAGES, BROWSERS, "npm --prefix web run build")),
        ("lint", "bin/ruff", (PYTHON, PAGES, BROWSERS)),
        ("lint-c", "gcc -std=c11", (PYTHON,)),
        ("bench", "-m bench", (PYTHON, PACKAGES, BROWSERS, "npm --prefix web run build")),
        ("embed", "npm pack", (PAGES, "npm --prefix web run build:embed")),
        ("run", "carelay serve", (PYTHON, "npm --prefix web run build")),
    ],
)
def test_a_target_sets_up_what_it_needs_before(
    fresh: Path, target: str, command: str, needs: tuple[str, ...]
) -> None:
    before, _, _ = make(fresh, "--dry-run", target).partition(command)
    for need in needs:
        assert need in before


def test_the_tests_run_on_the_untouched_tree_before_anything_else_sets_it_up() -> None:
    commands = re.findall(r"^make .*", (ROOT / ".ci" / "run").read_text(), re.MULTILINE)
    assert commands == ["make test", "make lint"]


def test_help_lists_the_targets_with_what_they_are_for() -> None:
    told = dict(line.split(maxsplit=1) for line in make(ROOT, "help").splitlines())
    phony = re.findall(r"^\.PHONY: (.*)", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert set(told) == set(" ".join(phony).split())
    assert told["test"] == "every test"
