"""The server's own role on PostgreSQL, which owns nothing: it can write the audit log, and cannot
change what is written there. Another role owns the tables, makes them and upgrades them.
"""

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from storage.audit.guards import APPEND_ONLY
from storage.database import Database
from storage.database.engine import create_engine
from storage.errors import StorageError

VERSION = "alembic_version"
RIGHTS = {**dict.fromkeys(APPEND_ONLY, "SELECT, INSERT"), VERSION: "SELECT"}
"""By table; of all others rows may be changed and deleted, too."""
USUAL = "SELECT, INSERT, UPDATE, DELETE"
EXPIRY = "audit_expirable", "audit_expire(bigint, bigint[])"
"""How the owner lets the server end rows of the log: by its own function, which triggers judge."""
REFUSED = ("UPDATE", "DELETE", "TRUNCATE", "TRIGGER")
"""What nobody but the owner may do with what is only ever added to."""


async def prepare(owner_url: str, url: str) -> str:
    """Make or upgrade the tables as their owner, and give the role of the other URL what a server
    needs of them; it is made if there is none. Running it again changes nothing.

    Returns that role's name. Raises StorageError.
    """
    role, password = make_url(url).username, make_url(url).password
    if make_url(owner_url).get_backend_name() != "postgresql" or not role:
        raise StorageError("Both URLs must name a PostgreSQL, and storage.database_url a role.")
    if make_url(owner_url).database != make_url(url).database:
        raise StorageError("The two URLs name different databases.")
    engine = create_engine(owner_url)
    try:
        async with engine.begin() as connection:
            await _make_role(connection, role, None if password is None else str(password))
            await _take_over(connection, role)
        await (await Database.open(owner_url)).close()
        async with engine.begin() as connection:
            await _grant(connection, role)
    finally:
        await engine.dispose()
    return role


async def too_many_rights(tx: AsyncSession) -> Sequence[str]:
    """What the role of this transaction may do to the log and should not: none on SQLite, which has
    no roles.
    """
    if tx.get_bind().dialect.name != "postgresql":
        return []
    owned = await tx.scalars(
        text(
            "SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace "
            "AND relname = ANY(:tables) AND pg_has_role(relowner, 'MEMBER') ORDER BY relname"
        ),
        {"tables": list(APPEND_ONLY)},
    )
    found = [f"it owns {table}" for table in owned]
    if found:
        return found
    statement = text("SELECT has_table_privilege(:name, :right)")
    return [
        f"{right} on {table}"
        for table in APPEND_ONLY
        for right in REFUSED
        if await tx.scalar(statement, {"name": table, "right": right})
    ]


async def _make_role(connection: AsyncConnection, role: str, password: str | None) -> None:
    mine = await connection.scalar(text("SELECT current_user"))
    if mine == role:
        raise StorageError(f"The owner and the server need two roles; both URLs name {role}.")
    known = "SELECT 1 FROM pg_roles WHERE rolname = :role"
    if await connection.scalar(text(known), {"role": role}) is not None:
        return
    # asked first: a statement that is refused ends in the log of PostgreSQL, password and all
    may = "SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user"
    if not await connection.scalar(text(may)):
        raise StorageError(f"There is no role {role}, and {mine} may not make one.")
    await _run(connection, "CREATE ROLE %I LOGIN", role)
    if password is not None:
        await _run(connection, "ALTER ROLE %I PASSWORD %L", role, password)


async def _take_over(connection: AsyncConnection, role: str) -> None:
    """What a server made that had one role only."""
    owns = (
        "SELECT 1 FROM pg_class WHERE relnamespace = current_schema()::regnamespace "
        "AND pg_get_userbyid(relowner) = :role LIMIT 1"
    )
    if await connection.scalar(text(owns), {"role": role}) is None:
        return
    try:
        await _run(connection, "REASSIGN OWNED BY %I TO CURRENT_USER", role)
    except ProgrammingError:
        raise StorageError(
            f"The tables are those of {role}; only a superuser can take them over: name one."
        ) from None


async def _grant(connection: AsyncConnection, role: str) -> None:
    listed = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
    tables = list(await connection.scalars(text(listed)))
    schema, database = (
        await connection.execute(text("SELECT current_schema(), current_database()"))
    ).one()
    await _run(connection, "REVOKE ALL ON ALL TABLES IN SCHEMA %I FROM PUBLIC, %I", schema, role)
    await _run(connection, "REVOKE CREATE ON SCHEMA %I FROM PUBLIC, %I", schema, role)
    await _run(connection, "GRANT CONNECT ON DATABASE %I TO %I", database, role)
    await _run(connection, "GRANT USAGE ON SCHEMA %I TO %I", schema, role)
    await _run(connection, "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA %I TO %I", schema, role)
    for table in tables:
        await _run(connection, f"GRANT {RIGHTS.get(table, USUAL)} ON %I TO %I", table, role)
    expirable, expire = EXPIRY
    await _run(connection, "GRANT SELECT ON %I TO %I", expirable, role)
    await _run(connection, f"REVOKE ALL ON FUNCTION {expire} FROM PUBLIC, %I", role)
    await _run(connection, f"GRANT EXECUTE ON FUNCTION {expire} TO %I", role)


async def _run(connection: AsyncConnection, statement: str, *names: str) -> None:
    """What takes no parameters, with its names and texts quoted by PostgreSQL itself."""
    given = ", ".join(f"CAST(:name{number} AS text)" for number in range(len(names)))
    quoted = await connection.scalar(
        text(f"SELECT format(:statement, {given})"),
        {"statement": statement, **{f"name{n}": name for n, name in enumerate(names)}},
    )
    await connection.exec_driver_sql(str(quoted))
