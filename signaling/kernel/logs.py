"""The server's log: one line an event on standard error, where the service manager picks it up.

What an exception says may hold what it was about: a driver quotes the value that a column would not
take. So above debug, tracebacks show where a fault happened and of which kind it is, and not what
it says.
"""

import asyncio
import logging
import traceback
from collections.abc import Iterator
from types import TracebackType
from typing import Any

from storage.errors import StorageError

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"

log = logging.getLogger(__name__)

ExceptionInfo = (
    tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
)


class Discreet(logging.Formatter):
    """Tracebacks without the words of the exceptions."""

    def formatException(self, ei: ExceptionInfo) -> str:  # noqa: N802  logging's own name
        """See logging.Formatter."""
        return "".join(_traceback(ei[1])).rstrip() if ei[1] is not None else ""


def _traceback(error: BaseException) -> Iterator[str]:
    earlier = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if earlier is not None:
        yield from _traceback(earlier)
        yield "which led to\n"
    yield from traceback.format_tb(error.__traceback__)
    yield f"{kind(error)}\n"
    if isinstance(error, BaseExceptionGroup):
        for member in error.exceptions:
            yield from _traceback(member)


def kind(error: BaseException) -> str:
    """Which error it is, in words that never come from a request."""
    name = f"{type(error).__module__}.{type(error).__qualname__}"
    if isinstance(error, StorageError):  # one line each, fit for a log
        return f"{name}: {error}"
    known = error.strerror if isinstance(error, OSError) else getattr(error, "sqlstate", None)
    return f"{name}: {known}" if isinstance(known, str) else name


def set_up(level: str) -> None:
    """`level` as in config.toml.

    Libraries speak from warning on: at info, aioice logs participants' addresses.
    """
    handler = logging.StreamHandler()
    handler.setFormatter((logging.Formatter if level == "debug" else Discreet)(FORMAT))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    for package in ("signaling", "relay", "storage"):
        logging.getLogger(package).setLevel(level.upper())


def log_of_loop(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """The event loop's exception handler: its own one writes out tasks,
    with what their exceptions say.
    """
    log.error("%s", context["message"], exc_info=context.get("exception"))
