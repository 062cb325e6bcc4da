"""The server's log: one line an event on standard error, where the service manager picks it up."""

import logging

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


def set_up(level: str) -> None:
    """`level` as in config.toml. Libraries speak from warning on: at info, aioice logs participants' addresses."""
    logging.basicConfig(level=logging.WARNING, format=FORMAT, force=True)
    for package in ("signaling", "relay", "storage"):
        logging.getLogger(package).setLevel(level.upper())
