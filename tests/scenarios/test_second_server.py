"""A second server where only one can be goes away, and the first one's calls do not notice.

What several servers share is in test_two_servers.py.
"""

import asyncio
import socket
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from storage.cluster import nodes
from storage.database import Database
from tests.patience import PATIENCE
from tests.scenarios.server_process import Person, ServerProcess, person, serve
from tests.support.postgresql import PostgreSQL
from tests.support.stored import unfinished_calls


def sqlite(folder: Path) -> str:
    return f"sqlite+aiosqlite:///{folder}/database/carelay.sqlite3"


@asynccontextmanager
async def server_with_a_call(
    folder: Path, url: str
) -> AsyncIterator[tuple[ServerProcess, Person, str]]:
    """The call is active, with its recording asked for."""
    async with (
        serve(folder, storage=f'database_url = "{url}"') as server,
        person(server, "patient") as patient,
        person(server, "provider") as provider,
    ):
        await patient.hear("welcome")
        initiated = await provider.post(
            "call/initiate", patient_id="patient", recording_enabled=True
        )
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
    words = (first.folder / "config.toml").read_text()
    with occupied("http") as port:
        words = words.replace(f"port = {first.port}", f"port = {port}")
    words = words.replace(f'data_path = "{first.folder}/data"', f'data_path = "{data}"')
    config = folder / "second.toml"
    config.write_text(words)
    return config


@contextmanager
def occupied(kind: str) -> Iterator[int]:
    """A port that nobody else gets."""
    with socket.socket(type=socket.SOCK_STREAM if kind == "http" else socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        if kind == "http":
            taken.listen()
        yield int(taken.getsockname()[1])


async def number_of_unfinished_calls(url: str) -> int:
    database = await Database.open(url)
    async with database.reading() as tx:
        number = len(await unfinished_calls(tx))
    await database.close()
    return number


async def test_a_second_server_on_the_same_folder_gives_up_at_once(tmp_path: Path) -> None:
    async with server_with_a_call(tmp_path / "first", sqlite(tmp_path)) as (
        server,
        provider,
        room_id,
    ):
        config = second_config(server, tmp_path, data=server.folder / "data")
        code, words = await start_second(config)
        assert code == 1
        assert f"Another carelay server (process {server.process.pid} on " in words
        assert await status(provider, room_id) == "active"


async def test_a_second_server_on_the_same_sqlite_file_gives_up_at_once(tmp_path: Path) -> None:
    async with server_with_a_call(tmp_path / "first", sqlite(tmp_path)) as (
        server,
        provider,
        room_id,
    ):
        config = second_config(server, tmp_path, data=tmp_path / "other")
        code, words = await start_second(config)
        assert (code, "Another carelay server" in words) == (1, True), words
        assert await status(provider, room_id) == "active"


async def test_a_sqlite_server_and_one_with_a_postgresql_do_not_share_a_folder(
    tmp_path: Path, postgresql: PostgreSQL
) -> None:
    url = await postgresql.new_database()
    async with server_with_a_call(tmp_path / "first", url) as (server, provider, room_id):
        config = second_config(server, tmp_path, data=server.folder / "data")
        config.write_text(config.read_text().replace(url, sqlite(tmp_path)))
        code, words = await start_second(config)
        assert (code, "Another carelay server" in words) == (1, True), words
        assert await status(provider, room_id) == "active"


@pytest.mark.parametrize("taken", ["http", "udp"])
async def test_a_server_whose_port_is_taken_touches_nothing(
    tmp_path: Path, database_url: str, taken: str
) -> None:
    """Its folder and database hold the call of a server that was killed; only one
    that runs may end it.
    """
    async with server_with_a_call(tmp_path / "first", database_url) as (server, _, _):
        await server.kill()
    config = server.folder / "config.toml"
    with occupied(taken) as port:
        before = f"port = {server.port}" if taken == "http" else "port = 0"
        config.write_text(config.read_text().replace(before, f"port = {port}"))
        code, words = await start_second(config)
    assert (code, "cannot listen on" in words) == (1, True), words
    assert await number_of_unfinished_calls(database_url) == 1


async def test_a_postgresql_of_an_older_version_is_not_upgraded_under_a_server_that_runs(
    tmp_path: Path, postgresql: PostgreSQL
) -> None:
    url = await postgresql.new_database()
    async with server_with_a_call(tmp_path / "first", url) as (server, provider, room_id):
        database = await Database.open(url)
        async with database.transaction() as tx:
            [newest] = await tx.scalars(text("SELECT version_num FROM alembic_version"))
            await tx.execute(text("UPDATE alembic_version SET version_num = '0001'"))
        code, words = await start_second(second_config(server, tmp_path, data=tmp_path / "other"))
        assert (code, "an older version" in words) == (1, True), words
        async with database.transaction() as tx:
            await tx.execute(
                text("UPDATE alembic_version SET version_num = :newest"), {"newest": newest}
            )
        await database.close()
        assert await status(provider, room_id) == "active"


async def test_a_restarted_postgresql_disturbs_no_call(
    tmp_path: Path, postgresql: PostgreSQL
) -> None:
    url = await postgresql.new_database()
    async with server_with_a_call(tmp_path / "first", url) as (_, provider, room_id):
        until = await lease_until(url)
        postgresql.stop()
        postgresql.start()
        async with asyncio.timeout(PATIENCE):
            # A database has no event to wait for.
            while await lease_until(url) <= until:  # noqa: ASYNC110
                await asyncio.sleep(0.1)
        assert await status(provider, room_id) == "active"


async def lease_until(url: str) -> datetime:
    database = await Database.open(url)
    async with database.reading() as tx:
        [found] = await nodes.standing(tx)
    await database.close()
    assert found.node.lease_until
    return found.node.lease_until
