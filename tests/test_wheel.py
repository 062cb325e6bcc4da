"""What `pip install` of the wheel brings: a server that greets
with its pages in an empty folder.
"""

import asyncio
import gzip
import os
import re
import shutil
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import aiohttp
import pytest

from signaling import shipped
from tests.signaling.terminal import free_port

ROOT = Path(__file__).parent.parent
SECONDS = 60


def source(folder: Path) -> Path:
    """What a build needs of the checkout; building leaves files beside the sources."""
    for package in ("relay", "signaling", "storage"):
        ignored = shutil.ignore_patterns("__pycache__", "*.so", "*.o")
        shutil.copytree(ROOT / package, folder / package, ignore=ignored)
    for file in (
        "pyproject.toml",
        "setup.py",
        "MANIFEST.in",
        "README.md",
        "LICENSE",
        "config.toml",
    ):
        shutil.copy(ROOT / file, folder)
    return folder


def build(source: Path, target: Path) -> subprocess.CompletedProcess[str]:
    options: list[str | Path] = [
        "--no-deps",
        "--no-build-isolation",
        "--no-index",
        "--wheel-dir",
        target,
    ]
    return subprocess.run(
        [sys.executable, "-m", "pip", "wheel", *options, source],
        check=False,
        capture_output=True,
        text=True,
    )


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    shutil.copytree(ROOT / "web" / "dist", source(folder / "source") / "web" / "dist")
    built = build(folder / "source", folder)
    assert built.returncode == 0, built.stderr
    (wheel,) = folder.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("installed")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def test_it_brings_migrations_format_pages_and_configuration_but_no_c_sources(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        files = archive.namelist()
        configuration = archive.read("signaling/shipped/config.toml")
    assert {"signaling/shipped/web/index.html", "storage/vault/FORMAT.md"} <= set(files)
    assert "storage/migrations/versions/r0001_first_call.py" in files
    assert not [name for name in files if name.endswith((".c", ".h"))]
    shipped = [path for path in (ROOT / "signaling/shipped").rglob("*") if path.is_file()]
    data = {f"{path.relative_to(ROOT)}" for path in shipped if "__pycache__" not in path.parts}
    assert data <= set(files), "what the server reads travels with it"
    assert configuration == (ROOT / "config.toml").read_bytes()


def test_the_pages_are_compressed_already_for_whoever_accepts_it(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        sizes = {info.filename: info.file_size for info in archive.infolist()}
        texts = [
            name
            for name, size in sizes.items()
            if name.startswith("signaling/shipped/web/assets/")
            and name.endswith((".js", ".css"))
            and size >= 1024
        ]
        assert len(texts) > 5
        for name in texts:
            assert gzip.decompress(archive.read(f"{name}.gz")) == archive.read(name)
            assert sizes[f"{name}.br"] <= sizes[f"{name}.gz"] < sizes[name]


def test_a_wheel_without_pages_is_not_built(tmp_path: Path) -> None:
    built = build(source(tmp_path / "source"), tmp_path)
    assert built.returncode != 0
    assert "web/dist is missing" in built.stdout + built.stderr


async def test_the_demo_greets_with_the_pages_in_an_empty_folder(
    installed: Path, tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "signaling.cli", "serve", "--demo", "--port", str(free_port())]
    environment = {**os.environ, "PYTHONPATH": str(installed), "CARELAY_RELAY_PORT": "0"}
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *command, cwd=tmp_path, env=environment, stdout=pipe, stderr=pipe
    )
    try:
        assert process.stdout
        async with asyncio.timeout(SECONDS):
            while not (found := re.search(rb"http://\S+", await process.stdout.readline())):
                assert not process.stdout.at_eof()
            async with (
                aiohttp.ClientSession() as session,
                session.get(found[0].decode()) as response,
            ):
                assert response.status == 200
                page = await response.text()
            asset = re.search(r"/assets/[^\"]+\.js", page)
            assert asset, page
            async with (
                aiohttp.ClientSession(found[0].decode()) as session,
                session.get(asset[0]) as response,
            ):
                assert response.status == 200
            process.send_signal(signal.SIGTERM)
            _, errors = await process.communicate()
        assert process.returncode == 0, errors.decode()
        assert await asyncio.to_thread(names, tmp_path) == {"data", "keys"}
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def test_the_installed_command_prints_the_documented_configuration(
    installed: Path, tmp_path: Path
) -> None:
    program = "import signaling.cli.main as cli; print(cli.shipped.__file__); cli.main(['config'])"
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    command = [sys.executable, "-c", program]
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, check=True, capture_output=True, text=True
    )
    where, _, text = done.stdout.partition("\n")
    assert Path(where).is_relative_to(installed)
    assert text == (ROOT / "config.toml").read_text()


def test_in_a_checkout_pages_and_configuration_are_those_of_the_checkout() -> None:
    assert shipped.pages_path() == ROOT / "web" / "dist"
    assert shipped.config_text() == (ROOT / "config.toml").read_text()
