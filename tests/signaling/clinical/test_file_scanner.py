"""Each file is asked about: what the scanner finds something in is refused, and all without it.

The scanner is a server of the test that speaks clamd's protocol, and where it is installed
(`apt install clamav-daemon`) clamd itself with a signature of the test's own.
"""

import asyncio
import shutil
import struct
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import pytest

from signaling import config
from signaling.clinical.files.scanner import Scanner
from signaling.config.file import ConfigError, load
from signaling.kernel.errors import DomainError
from signaling.ops.doctor.scanner import look_at_scanner
from tests.patience import until
from tests.signaling.clinical.test_files import PDF, id_of, on_disk, read, send
from tests.signaling.practice import Practice, open_practice

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
INFECTED = PDF + EICAR
CLAMD = shutil.which("clamd")


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """As clamd does, with one signature."""
    command = await reader.readuntil(b"\0")
    if command == b"zVERSION\0":
        writer.write(b"Scanner 1.0\0")
    elif command == b"zINSTREAM\0":
        content = b""
        while size := struct.unpack(">I", await reader.readexactly(4))[0]:
            content += await reader.readexactly(size)
        found = b"Eicar-Test-Signature FOUND" if EICAR in content else b"OK"
        writer.write(b"stream: " + found + b"\0")
    await writer.drain()
    writer.close()


async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\0")
    writer.close()


async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\0")
    writer.write(b"INSTREAM size limit exceeded. ERROR\0")
    await reader.read()
    writer.close()


@asynccontextmanager
async def practice_with(folder: Path, address: str) -> AsyncIterator[tuple[Practice, str]]:
    settings = config.Clinical(clamav=address)
    async with open_practice(folder, clinical=settings) as practice:
        yield practice, (await practice.running())[0]


@contextmanager
def clamd(folder: Path) -> Iterator[str]:
    """The real one; its socket."""
    signatures, socket, settings = folder / "db", folder / "clamd.ctl", folder / "clamd.conf"
    signatures.mkdir()
    (signatures / "own.ndb").write_text(f"Eicar-Test-Signature:0:*:{EICAR.hex()}\n")
    settings.write_text(
        f"LocalSocket {socket}\nDatabaseDirectory {signatures}\nForeground yes\n"
        f"TemporaryDirectory {folder}\n"
    )
    with subprocess.Popen(
        [CLAMD or "clamd", "--config-file", settings], stdout=subprocess.DEVNULL
    ) as process:
        try:
            yield str(socket)
        finally:
            process.terminate()


async def scans(folder: Path, address: str) -> None:
    """What is clean is kept, and what is not names what was found, and leaves nothing."""
    async with practice_with(folder, address) as (practice, room_id):
        entry = await send(practice, practice.patient, room_id, PDF * 20)
        assert await read(practice, practice.provider, room_id, id_of(entry)) == PDF * 20
        with pytest.raises(DomainError) as refused:
            await send(practice, practice.patient, room_id, INFECTED, client_id="infected")
        assert refused.value.code == "file_infected"
        assert str(refused.value.parameters["signature"]).startswith("Eicar-Test-Signature")
        assert len(on_disk(practice)) == 1


@pytest.mark.parametrize("kind", ["unix", "tcp"])
async def test_what_the_scanner_finds_is_refused_by_its_name(tmp_path: Path, kind: str) -> None:
    address = str(tmp_path / "clamd.ctl")
    if kind == "unix":
        server = await asyncio.start_unix_server(answer, address)
    else:
        server = await asyncio.start_server(answer, "127.0.0.1")
        address = f"tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        await scans(tmp_path / "server", address)


@pytest.mark.skipif(CLAMD is None, reason="clamav-daemon is not installed")
async def test_clamd_itself_is_understood(tmp_path: Path) -> None:
    with clamd(tmp_path) as address:
        await until(Path(address).exists)
        await scans(tmp_path / "server", address)
        assert "ClamAV" in await Scanner(address).version()


@pytest.mark.parametrize("how", ["away", "hangs_up", "refuses"])
async def test_without_a_verdict_nothing_is_taken(tmp_path: Path, how: str) -> None:
    address = str(tmp_path / "clamd.ctl")
    async with practice_with(tmp_path / "server", address) as (practice, room_id):
        server = None
        if how != "away":
            server = await asyncio.start_unix_server(
                hang_up if how == "hangs_up" else refuse, address
            )
        with pytest.raises(DomainError, match="scanner_unavailable"):
            await send(practice, practice.patient, room_id)
        assert on_disk(practice) == []
        if server is not None:
            server.close()


async def test_the_doctor_asks_it(tmp_path: Path) -> None:
    address = str(tmp_path / "clamd.ctl")
    settings = config.Config(clinical=config.Clinical(clamav=address))
    [missing] = await look_at_scanner(settings)
    assert missing.level == "problem"
    assert "no file is taken" in missing.advice
    async with await asyncio.start_unix_server(answer, address):
        [found] = await look_at_scanner(settings)
    assert (found.level, found.text) == ("ok", f"virus scanner: Scanner 1.0 at {address}")
    assert await look_at_scanner(config.Config()) == []


@pytest.mark.parametrize("wrong", ["clamd.ctl", "tcp://127.0.0.1", "http://127.0.0.1:3310"])
def test_an_address_that_can_be_none_is_refused(tmp_path: Path, wrong: str) -> None:
    path = tmp_path / "config.toml"
    path.write_text(f'[clinical]\nclamav = "{wrong}"\n')
    with pytest.raises(ConfigError, match=r"clinical\.clamav"):
        load(path, {}, files_must_exist=False)
