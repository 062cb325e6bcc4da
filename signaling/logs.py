"""The server's log: one line an event on standard error, where the service manager picks it up."""

import logging

from aiohttp import web
from aiohttp.http import HttpProcessingError

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


def set_up(level: str) -> None:
    """`level` as in config.toml. Libraries speak from warning on: at info, aioice logs participants' addresses."""
    logging.basicConfig(level=logging.WARNING, format=FORMAT, force=True)
    for package in ("signaling", "relay", "storage"):
        logging.getLogger(package).setLevel(level.upper())
    logging.getLogger("aiohttp.server").addFilter(is_ours)


def is_ours(record: logging.LogRecord) -> bool:
    """Whether a fault is the server's: of what is no HTTP, aiohttp logs address and content, 20 lines a request."""
    error = record.exc_info[1] if record.exc_info else None
    return not isinstance(error, HttpProcessingError | web.RequestPayloadError)
