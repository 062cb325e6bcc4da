"""The migrations travel with the package."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent

OPEN = """
import asyncio, sys, storage.database
assert storage.__file__.startswith(sys.argv[1]), storage.__file__

async def main():
    database = await storage.database.Database.open(f"sqlite+aiosqlite:///{sys.argv[1]}/carelay.db")
    await database.ping()
    await database.close()

asyncio.run(main())
"""


def test_an_installed_wheel_opens_a_database(tmp_path: Path) -> None:
    source, installed = tmp_path / "source", tmp_path / "installed"
    for package in ("relay", "signaling", "storage"):
        shutil.copytree(ROOT / package, source / package, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / file, source)
    build: list[str | Path] = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--no-deps",
        "--no-build-isolation",
        "--no-index",
        "-w",
        tmp_path,
    ]
    subprocess.run([*build, source], check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(installed)
    assert (installed / "storage" / "vault" / "FORMAT.md").exists()
    subprocess.run([sys.executable, "-c", OPEN, installed], check=True, cwd=installed)
