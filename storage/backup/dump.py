"""A database as one file, taken while a server writes, and a new database made of it. Blocking."""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from sqlalchemy.engine import URL, make_url

from storage.errors import BackupFailed
from storage.vault.files import create_private

SUFFIXES = {"sqlite": ".sqlite3", "postgresql": ".pgdump"}
_TOO_OLD = "does its version match the server's?"


def kind(url: str) -> str:
    """`sqlite` or `postgresql`."""
    return make_url(url).get_backend_name()


def dump(url: str, target: Path) -> None:
    """All of it as of one moment, in a new file of mode 0600. Raises BackupFailed, OSError."""
    os.close(create_private(target))
    if kind(url) == "sqlite":
        _copy_sqlite(_sqlite_path(url), target)
    else:
        _run(url, "pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={target}")
    with target.open("rb") as file:
        os.fsync(file.fileno())


def load(url: str, source: Path) -> None:
    """Into a database without tables; all of it or nothing. Raises BackupFailed, OSError."""
    if kind(url) == "sqlite":
        _place_sqlite(source, _sqlite_path(url))
    else:
        options = ("--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction")
        _run(url, "pg_restore", *options, f"--dbname={make_url(url).database}", str(source))


def _sqlite_path(url: str) -> Path:
    return Path(make_url(url).database or "")


def _copy_sqlite(source: Path, target: Path) -> None:
    """By SQLite's own backup: a copy of the file alone lacks what is in the write-ahead log."""
    try:
        with (
            closing(sqlite3.connect(source, timeout=30)) as here,
            closing(sqlite3.connect(target)) as there,
        ):
            here.backup(there)
            [(verdict,)] = there.execute("PRAGMA quick_check(1)").fetchall()
    except sqlite3.Error as error:
        raise BackupFailed(f"The database cannot be copied: {error}.") from error
    if verdict != "ok":
        raise BackupFailed(f"The database is damaged: {verdict}.")


def _place_sqlite(source: Path, target: Path) -> None:
    temporary = target.with_name(f"{target.name}.restoring")
    temporary.unlink(missing_ok=True)
    descriptor = create_private(temporary)
    with open(descriptor, "wb") as copy, source.open("rb") as original:  # noqa: PTH123
        shutil.copyfileobj(original, copy)
        os.fsync(copy.fileno())
    temporary.replace(target)


def _run(url: str, program: str, *arguments: str) -> None:
    """The password goes into the environment: arguments show in `ps`."""
    found = shutil.which(program)
    if found is None:
        raise BackupFailed(f"{program} is not installed (Debian: apt install postgresql-client).")
    finished = subprocess.run(  # noqa: S603  our own arguments
        [found, *arguments],
        env={**os.environ, **_environment(make_url(url))},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if finished.returncode != 0:
        reason = (finished.stderr.strip().splitlines() or [_TOO_OLD])[-1]
        raise BackupFailed(f"{program} failed: {reason}")


def _environment(url: URL) -> dict[str, str]:
    host = url.query.get("host", url.host)
    values = {
        "PGHOST": host if isinstance(host, str) else None,
        "PGPORT": str(url.port) if url.port else None,
        "PGUSER": url.username,
        "PGPASSWORD": str(url.password) if url.password else None,
        "PGDATABASE": url.database,
        "PGSSLMODE": str(url.query["ssl"]) if "ssl" in url.query else None,
    }
    return {name: value for name, value in values.items() if value}
