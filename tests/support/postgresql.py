"""A private PostgreSQL for tests: its own folder, a Unix socket only, gone when the tests are."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg
import pytest

from storage.database import Database
from storage.ids import new_id

# Nothing here outlives the tests, so it need not survive a power cut; and no statistics are
# gathered at moments of the server's own, as the plans of statements follow them.
SETTINGS = (
    "-c fsync=off -c full_page_writes=off -c synchronous_commit=off -c shared_buffers=32MB -c "
    "max_connections=50 -c autovacuum=off"
)


@dataclass
class PostgreSQL:
    folder: Path
    """Short: the path of a Unix socket has at most 107 bytes."""
    running: bool = field(default=False, init=False)
    _is_migrated: bool = field(default=False, init=False)
    _common: str = field(default="", init=False)

    def url(self, database: str) -> str:
        return f"postgresql+asyncpg://carelay@/{database}?host={self.folder}"

    async def empty_database(self) -> str:
        """URL of a database of one's own without any table."""
        return await self._create(f"test_{new_id()}", "template1")

    async def new_database(self) -> str:
        """URL of a database of one's own with today's tables: copied, as migrating takes longer,
        from one that nobody has written to, as what was rolled back leaves its trace in a table.
        """
        if not self._is_migrated:
            url = await self._create("migrated", "template1")
            await (await Database.open(url)).close()
            self._is_migrated = True
        return await self._create(f"test_{new_id()}", "migrated")

    async def common_database(self) -> str:
        """URL of one that tests share: they may write to it, and commit nothing."""
        self._common = self._common or await self.new_database()
        return self._common

    async def _create(self, name: str, template: str) -> str:
        connection = await asyncpg.connect(
            host=str(self.folder), user="carelay", database="postgres"
        )
        try:
            await connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        finally:
            await connection.close()
        return self.url(name)

    def start(self) -> None:
        options = f"{SETTINGS} -c listen_addresses='' -c unix_socket_directories='{self.folder}'"
        self._run("pg_ctl", "start", "--wait", "--log", f"{self.folder}/log", "--options", options)
        self.running = True

    def stop(self) -> None:
        self._run("pg_ctl", "stop", "--mode", "fast")
        self.running = False

    def create(self) -> None:
        self._run(
            "initdb", "--username", "carelay", "--auth", "trust", "--no-sync", "--encoding", "UTF8"
        )

    def _run(self, program: str, *arguments: str) -> None:
        """Output goes to a file: a server started by pg_ctl would keep a pipe open for ever."""
        with (self.folder / "output").open("ab") as output:
            finished = subprocess.run(
                [_program(program) or program, "--pgdata", f"{self.folder}/data", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=self.folder,
                user=_unprivileged_user(),
                env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
                check=False,
            )
        assert finished.returncode == 0, (self.folder / "output").read_text()


@contextmanager
def private_postgresql() -> Iterator[PostgreSQL]:
    """A running server.

    Fails the test where PostgreSQL is not installed; `make test` sees to that.
    """
    if _program("initdb") is None:
        pytest.fail("PostgreSQL's initdb is not installed (Debian: apt install postgresql)")
    folder = Path(tempfile.mkdtemp(prefix="carelay-pg-", dir="/tmp"))
    if (user := _unprivileged_user()) is not None:
        shutil.chown(folder, user)
    server = PostgreSQL(folder)
    try:
        server.create()
        server.start()
        yield server
        server.stop()
    finally:
        shutil.rmtree(folder)


def _program(name: str) -> str | None:
    """Debian keeps the server's programs out of PATH."""
    debian = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)
    return shutil.which(name) or (str(debian[0]) if debian else None)


def _unprivileged_user() -> str | None:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"
