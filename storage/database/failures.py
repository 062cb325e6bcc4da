"""Which errors of a database mean that it is away, and how to say so in one line. Pure."""

import asyncpg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from storage.errors import DatabaseUnavailable, TransactionConflict

TOO_BUSY = "The database is not available: too many transactions wait for it."

# https://www.sqlite.org/rescode.html: PERM BUSY LOCKED NOMEM READONLY IOERR CORRUPT FULL CANTOPEN
# AUTH NOTADB
_SQLITE_UNAVAILABLE = frozenset({3, 5, 6, 7, 8, 10, 11, 13, 14, 23, 26})

# PostgreSQL Appendix A: 08 connection, 28 authorization, 3D no such database, 40 rolled back
# (deadlock, conflict with another transaction), 53 no disk, memory or connections left, 55P03 lock
# timeout, 57 cancelled or shutting down, 58 system error, XX internal error, 25006 read-only
# standby
_SQLSTATE_UNAVAILABLE = ("08", "28", "3D", "40", "53", "55P03", "57", "58", "XX", "25006")
_SQLSTATE_CONFLICTS = {"40001", "40P01"}
"""serialization_failure, deadlock_detected"""


def as_unavailable(error: BaseException) -> DatabaseUnavailable | None:
    """What to raise instead if the database is away; none if the statement itself was at fault."""
    if isinstance(error, DBAPIError) and error.orig is not None:
        return as_unavailable(error.orig) or (
            _unavailable(error.orig) if error.connection_invalidated else None
        )
    if isinstance(error, PoolTimeout):
        return DatabaseUnavailable(TOO_BUSY)
    if isinstance(error, OSError) or _sqlite_is_away(error) or _postgresql_is_away(error):
        return _unavailable(error)
    return None


def _sqlite_is_away(error: BaseException) -> bool:
    code = getattr(error, "sqlite_errorcode", None)
    primary_code = code & 0xFF if isinstance(code, int) else None
    return primary_code in _SQLITE_UNAVAILABLE


def _postgresql_is_away(error: BaseException) -> bool:
    state = getattr(error, "sqlstate", None)
    if isinstance(state, str):
        return state.startswith(_SQLSTATE_UNAVAILABLE)
    # asyncpg's own errors carry no state: a closed connection, an operation on one, or an answer
    # out of order
    own = (asyncpg.InterfaceError, asyncpg.InternalClientError)
    return isinstance(error, own) or isinstance(error.__cause__, own)


def _unavailable(error: BaseException) -> DatabaseUnavailable:
    reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
    conflicts = getattr(error, "sqlstate", None) in _SQLSTATE_CONFLICTS
    kind = TransactionConflict if conflicts else DatabaseUnavailable
    return kind(f"The database is not available: {reason}")
