"""A second server on the same folder, database or ports goes away, and the first one's calls do not notice."""

import asyncio
import signal
import socket
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import make_url

from storage import telemedicine_sessions
from storage.database import Database
from tests.scenarios.server_process import Person, ServerProcess, person, serve
from tests.support.postgresql import PostgreSQL


@asynccontextmanager
async def server_with_a_call(folder: Path, url: str) -> AsyncIterator[tuple[ServerProcess, Person, str]]:
    """The call is active, with its recording asked for."""
    async with (
        serve(folder, storage=f'database_url = "{url}"') as server,
        person(server, "patient") as patient,
        person(server, "provider") as provider,
    ):
        await patient.hear("welcome")
        initiated = await provider.post("call/initiate", patient_id="patient", recording_enabled=True)
        await patient.post("call/accept", room_id=initiated["room_id"], recording_consent=True)
        yield server, provider, initiated["room_id"]


async def status(provider: Person, room_id: str) -> str:
    return str((await provider.get(f"calls/{room_id}"))["call_status"])


async def start_second(config: Path) -> tuple[int | None, str]:
    """Exit code and words of a server that is expected to give up."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "signaling.cli", "serve", "--config", str(config)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        async with asyncio.timeout(60):
            output, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return process.returncode, output.decode()


def second_config(first: ServerProcess, folder: Path, *, data: Path) -> Path:
    """The first one's, with a port of its own and that data folder."""
    text = (first.folder / "config.toml").read_text()
    with occupied("http") as port:
        text = text.replace(f"port = {first.port}", f"port = {port}")
    text = text.replace(f'data_path = "{first.folder}/data"', f'data_path = "{data}"')
    config = folder / "second.toml"
    config.write_text(text)
    return config


@contextmanager
def occupied(kind: str) -> Iterator[int]:
    """A port that nobody else gets."""
    with socket.socket(type=socket.SOCK_STREAM if kind == "http" else socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        if kind == "http":
            taken.listen()
        yield int(taken.getsockname()[1])


async def unfinished_calls(url: str) -> int:
    database = await Database.open(url)
    async with database.reading() as tx:
        number = len(await telemedicine_sessions.unfinished(tx))
    await database.close()
    return number


async def connect(url: str) -> asyncpg.Connection:
    parsed = make_url(url)
    host = str(parsed.query["host"])
    return await asyncpg.connect(host=host, user=parsed.username, database=parsed.database)


async def holders(url: str) -> int:
    connection = await connect(url)
    number: int = await connection.fetchval(
        "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = database"
        " WHERE locktype = 'advisory' AND datname = current_database()"
    )
    await connection.close()
    return number


async def test_a_second_server_on_the_same_folder_gives_up_at_once(tmp_path: Path, database_url: str) -> None:
    async with server_with_a_call(tmp_path / "first", database_url) as (server, provider, room_id):
        config = second_config(server, tmp_path, data=server.folder / "data")
        code, words = await start_second(config)
        assert code == 1
        assert f"Another carelay server (process {server.process.pid} on " in words
        assert await status(provider, room_id) == "active"


async def test_a_second_server_on_the_same_database_gives_up_at_once(tmp_path: Path, database_url: str) -> None:
    async with server_with_a_call(tmp_path / "first", database_url) as (server, provider, room_id):
        config = second_config(server, tmp_path, data=tmp_path / "other")
        code, words = await start_second(config)
        assert (code, "Another carelay server" in words) == (1, True), words
        assert await status(provider, room_id) == "active"


@pytest.mark.parametrize("taken", ["http", "udp"])
async def test_a_server_whose_port_is_taken_touches_nothing(tmp_path: Path, database_url: str, taken: str) -> None:
    """Its folder and database hold the call of a server that was killed; only one that runs may end it."""
    async with server_with_a_call(tmp_path / "first", database_url) as (server, _, _):
        await server.kill()
    config = server.folder / "config.toml"
    with occupied(taken) as port:
        text = config.read_text()
        if taken == "http":
            text = text.replace(f"port = {server.port}", f"port = {port}")
        else:
            text = text.replace("port = 0", f"port = {port}")
        config.write_text(text)
        code, words = await start_second(config)
    assert (code, "cannot listen on" in words) == (1, True), words
    assert await unfinished_calls(database_url) == 1


async def test_a_restarted_postgresql_is_held_again(tmp_path: Path, postgresql: PostgreSQL) -> None:
    url = await postgresql.new_database()
    async with server_with_a_call(tmp_path / "first", url) as (server, provider, room_id):
        postgresql.stop()
        postgresql.start()
        async with asyncio.timeout(30):
            while not await holders(url):  # noqa: ASYNC110 - a database has no event to wait for
                await asyncio.sleep(0.1)
        code, words = await start_second(second_config(server, tmp_path, data=tmp_path / "other"))
        assert (code, "Another carelay server" in words) == (1, True), words
        assert await status(provider, room_id) == "active"


async def test_a_server_whose_database_another_one_has_taken_stops(tmp_path: Path, postgresql: PostgreSQL) -> None:
    url = await postgresql.new_database()
    async with serve(tmp_path / "first", storage=f'database_url = "{url}"') as first:
        first.process.send_signal(signal.SIGSTOP)  # or it would be back before the other one
        postgresql.stop()
        postgresql.start()
        connection = await connect(url)
        assert await connection.fetchval("SELECT pg_try_advisory_lock($1)", 0x63617265)
        first.process.send_signal(signal.SIGCONT)
        async with asyncio.timeout(30):
            assert await first.process.wait() == 1
        await connection.close()
        assert "another server has taken the database" in (first.folder / "log").read_text()
