"""Databases of a test's own: SQLite in a file, PostgreSQL on one server for each worker."""

import asyncio
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from storage.database import Database
from tests.support.effort import effort
from tests.support.postgresql import PostgreSQL, private_postgresql


@pytest.fixture(scope="session")
def _postgresql() -> Iterator[PostgreSQL]:
    with private_postgresql() as server:
        yield server


@pytest.fixture
def postgresql(_postgresql: PostgreSQL) -> Iterator[PostgreSQL]:
    """A server that the test may stop: it runs again for the next one."""
    yield _postgresql
    if not _postgresql.running:
        _postgresql.start()


ONE_WILL_DO = pytest.mark.parametrize(
    "kind", effort(["postgresql"], long=["sqlite", "postgresql"]), indirect=True
)
"""For tests of whole servers whose subject is not what they keep it in."""


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    """Every test that asks for a database runs on both, unless one will do."""
    kind: str = request.param
    return kind


@pytest.fixture
async def database_url(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database with today's tables and nothing in them."""
    if kind == "sqlite":
        return await new_sqlite(tmp_path / "carelay.db")
    server: PostgreSQL = request.getfixturevalue("postgresql")
    return await server.new_database()


@pytest.fixture
async def common_database_url(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The same for tests that commit nothing, which need none of their own."""
    if kind == "sqlite":
        return await new_sqlite(tmp_path / "carelay.db")
    server: PostgreSQL = request.getfixturevalue("postgresql")
    return await server.common_database()


@pytest.fixture
async def empty_database_url(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database without any table."""
    if kind == "sqlite":
        return _sqlite_url(tmp_path / "carelay.db")
    server: PostgreSQL = request.getfixturevalue("postgresql")
    return await server.empty_database()


async def new_sqlite(file: Path) -> str:
    """URL of a file with today's tables, unless it is there: copied, as migrating takes longer."""
    await asyncio.to_thread(_place, file)
    return _sqlite_url(file)


def _place(file: Path) -> None:
    if not file.exists():
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_bytes(_migrated())


@cache
def _migrated() -> bytes:
    """What migrations make of an empty file."""

    async def migrate(file: Path) -> None:
        await (await Database.open(_sqlite_url(file))).close()

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "migrated.db"
        asyncio.run(migrate(file))
        return file.read_bytes()


def _sqlite_url(file: Path) -> str:
    return f"sqlite+aiosqlite:///{file}"
