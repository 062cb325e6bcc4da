"""What comments, docstrings and documents name is there."""

import ast
import io
import re
import subprocess
import tokenize
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent
A_FILE = re.compile(
    r"(?<![\w./<…-])((?:[\w-]+/)*\w[\w-]*\.(?:py|pyi|c|h|md|tsx|ts|mjs|css))\b(?![/(])"
)
A_CLASS = re.compile(r"\b([a-z_]+(?:\.[a-z_]+)+)\.([A-Z]\w+)\b")
ELSEWHERE = {"socket.h", "if_tun.h", "malloc.h", "carelay.css", "test_some.py"}
"""Of the system, of what is built, and of examples."""


WRITTEN = {".md", ".py", ".pyi", ".c", ".h", ".ts", ".tsx", ".js", ".mjs"}


def tracked() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


@cache
def prose(name: str) -> list[str]:
    """What of a file is written for people."""
    suffix = Path(name).suffix
    if suffix not in WRITTEN:
        return []
    text = (ROOT / name).read_text()
    match suffix:
        case ".md":
            return [text]
        case ".py" | ".pyi":
            tokens = tokenize.generate_tokens(io.StringIO(text).readline)
            comments = [token.string for token in tokens if token.type == tokenize.COMMENT]
            return comments + [
                str(node.value.value)
                for node in ast.walk(ast.parse(text))
                if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
            ]
        case _:
            return re.findall(r"(?<!:)//.*|/\*.*?\*/", text, re.DOTALL)


def test_every_file_that_is_named_is_there() -> None:
    files = tracked()
    ends = {
        "/".join(Path(name).parts[at:]) for name in files for at in range(len(Path(name).parts))
    }
    named = [
        (name, found)
        for name in files
        for said in prose(name)
        for found in A_FILE.findall(said)
        if Path(found).name not in ELSEWHERE
    ]
    assert len(named) > 100
    assert not [f"{name} names {found}" for name, found in named if found not in ends]


def test_every_class_of_a_module_that_is_named_is_there() -> None:
    files = [name for name in tracked() if Path(name).suffix in {".py", ".pyi", ".md"}]
    named = [
        (name, *found) for name in files for said in prose(name) for found in A_CLASS.findall(said)
    ]
    missing = [
        f"{name} names {module}.{attribute}"
        for name, module, attribute in named
        if not any(
            re.search(rf"\b{attribute}\b", (ROOT / path).read_text())
            for end in (module.replace(".", "/"), f"{module.replace('.', '/')}/__init__")
            for path in files
            if f"/{path}".endswith((f"/{end}.py", f"/{end}.pyi"))
        )
    ]
    assert named
    assert not missing
