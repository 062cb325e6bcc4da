"""The house rules of ARCHITECTURE.md and CONTRIBUTING.md: imports run downward, in the Python
and in the pages, and lines are short enough to be read beside each other.
"""

import ast
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from fnmatch import fnmatch
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
        shutil.copytree(
            ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__")
        )
    return tmp_path


def test_imports_run_downward() -> None:
    report = lint_imports(ROOT)
    assert report.returncode == 0, report.stdout


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("relay/media.py", "import storage"),
        ("storage/__init__.py", "import relay.media"),
        ("relay/media.py", "import signaling.kernel.words"),
        ("storage/__init__.py", "import signaling.kernel.words"),
        ("signaling/kernel/messages.py", "import signaling.calls.messages"),
        ("signaling/recordings/playback/media.py", "import aiohttp"),
        ("signaling/calls/routes.py", "from aiohttp import web"),
        ("signaling/identity/signin.py", "from aiohttp import web"),
        ("signaling/kernel/routes.py", "import multidict"),
        ("storage/people/users.py", "import multidict"),
        ("signaling/calls/live.py", "import relay.room"),
    ],
)
def test_an_import_against_the_rules_is_found(
    copy_of_the_house: Path, module: str, line: str
) -> None:
    with (copy_of_the_house / module).open("a") as source:
        source.write(f"\n{line}\n")
    report = lint_imports(copy_of_the_house)
    assert report.returncode == 1, report.stdout + report.stderr
    assert "BROKEN" in report.stdout


# --- the pages

UPWARD = {
    "shared/i18n/index.ts": ('import "../ui/title";', "shared-i18n-imports-downward"),
    "shared/ui/title.ts": ('import "../../features/calls";', "shared-ui-imports-downward"),
    "features/identity/upward.ts": ('import "../calls";', "features-identity-imports-downward"),
    "features/ops/sideways.ts": ('import "../recordings";', "features-ops-imports-downward"),
    "features/calls/back_door.ts": (
        'import "../call/reach";',
        "a-feature-knows-front-doors-only",
    ),
    "app/back_door.ts": ('import "../features/ops/units";', "the-app-knows-front-doors-only"),
    "features/ops/words.ts": (
        'import "../../shared/api/words";',
        "whoever-is-signed-in-is-told-all",
    ),
    "features/call/core/react.ts": ('import "react";', "a-call-knows-no-react"),
    "features/call/core/picture.ts": ('import "../reach";', "the-core-knows-the-wire-only"),
    "there/one.ts": ('import "../back/two";', "every-file-has-a-floor"),
    "back/two.ts": ('import "../there/one";', "no-folder-cycles"),
}


def lint_imports_of_the_pages(web: Path) -> subprocess.CompletedProcess[str]:
    command = ("npx", "depcruise", "--config", "imports.config.js", "src")
    return subprocess.run(command, cwd=web, capture_output=True, text=True, check=False)


def test_imports_of_the_pages_run_downward() -> None:
    report = lint_imports_of_the_pages(ROOT / "web")
    assert report.returncode == 0, report.stdout


def test_each_import_of_the_pages_that_runs_upward_is_found(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "web/src", tmp_path / "src")
    for name in ("imports.config.js", "tsconfig.json", "package.json"):
        shutil.copy(ROOT / "web" / name, tmp_path)
    (tmp_path / "node_modules").symlink_to(ROOT / "web/node_modules")
    for name, (line, _) in UPWARD.items():
        (tmp_path / "src" / name).parent.mkdir(parents=True, exist_ok=True)
        with (tmp_path / "src" / name).open("a") as source:
            source.write(f"{line}\n")
    report = lint_imports_of_the_pages(tmp_path)
    assert report.returncode > 0
    for name, (_, rule) in UPWARD.items():
        place = str(Path("src", name).parent if rule == "no-folder-cycles" else Path("src", name))
        told = [line for line in report.stdout.splitlines() if rule in line and place in line]
        assert told, f"{name}: {report.stdout}"


def test_each_colour_of_the_pages_that_is_no_token_is_found(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "web/src/shared", tmp_path / "src/shared")
    command = ("node", str(ROOT / "web/scripts/colours.mjs"))

    def check() -> subprocess.CompletedProcess[str]:
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert check().returncode == 0, check().stderr
    wrong = (
        "bg-slate-100",
        "hover:text-white",
        "border-t-rose-500/40",
        "bg-[#f7f6f3]",
        "fill-clay-600",
    )
    (tmp_path / "src/shared/Wrong.tsx").write_text(
        "".join(f'export const x{at} = "p-4 {name}";\n' for at, name in enumerate(wrong))
    )
    (tmp_path / "src/shared/wrong.css").write_text("p { color: rgb(0 0 0); fill: #136f64; }\n")
    report = check()
    assert report.returncode == 1
    for at, name in enumerate(wrong, start=1):
        found = (
            name.removeprefix("hover:").removesuffix("/40").removeprefix("bg-[").removesuffix("]")
        )
        assert any(
            f"Wrong.tsx:{at}: " in line and found in line for line in report.stderr.splitlines()
        ), name
    assert report.stderr.count("wrong.css:1: ") == 2


# --- lines

WIDTH = 100
WRITTEN_BY_PROGRAMS = (
    "*/package-lock.json",
    "requirements*.txt",
    "web/src/shared/api/openapi.json",
    "web/src/shared/api/schema.d.ts",
    "deploy/grafana-dashboard.json",
    "*.svg",
    "tests/vectors/*",
    "tests/relay/fuzz/corpora/*",
)
A_STRING = re.compile(r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'|`(?:\\.|[^`\\])*`')
"""In the pages and their tests a line may be as long as the string that it is about: classes that
Tailwind reads, words, names of tests.
"""


def widths(path: Path) -> Iterator[int]:
    """Of its lines, in characters; a picture or a typeface has none."""
    content = path.read_bytes()
    for line in [] if b"\0" in content else content.decode().splitlines():
        folded = line.replace("\t", " " * 8)
        if path.suffix in {".ts", ".tsx", ".js", ".mjs", ".json"}:
            folded = A_STRING.sub('""', folded)
        yield len(folded)


def test_two_files_fit_beside_each_other() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    paths = [Path(name) for name in listed.stdout.split("\0") if name]
    ours = [
        path
        for path in paths
        if not any(fnmatch(str(path), pattern) for pattern in WRITTEN_BY_PROGRAMS)
        and (ROOT / path).is_file()
    ]
    assert len(ours) > 500
    wide = [
        f"{path}:{number}"
        for path in ours
        for number, width in enumerate(widths(ROOT / path), start=1)
        if width > WIDTH
    ]
    assert not wide


def endless_pauses(source: str) -> Iterator[int]:
    """Lines of loops that end by themselves never, and pause in each round."""
    for loop in ast.walk(ast.parse(source)):
        if isinstance(loop, ast.While) and isinstance(loop.test, ast.Constant):
            calls = [node.func for node in ast.walk(loop) if isinstance(node, ast.Call)]
            names = {getattr(each, "attr", getattr(each, "id", "")) for each in calls}
            if "sleep" in names and not any(isinstance(n, ast.Break) for n in ast.walk(loop)):
                yield loop.lineno


def test_what_is_done_again_and_again_is_done_by_the_one_loop_that_no_fault_ends() -> None:
    assert list(endless_pauses("while True:\n    await asyncio.sleep(1)")) == [1]
    assert not list(endless_pauses("while True:\n    await sleep(1)\n    break"))
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in sorted((ROOT / "signaling").rglob("*.py"))
        for line in endless_pauses(path.read_text())
    ]
    assert [name.partition(":")[0] for name in found] == ["signaling/kernel/background.py"]
