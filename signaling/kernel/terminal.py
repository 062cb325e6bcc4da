"""How commands speak: results on standard output, one line for what went wrong."""

import os
import pwd
import sys


class CommandError(Exception):
    """What stops a command, in one line for the person at the terminal."""


def say(text: str = "") -> None:
    """To standard output, at once: a service manager's log must not lag."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def complain(text: str) -> None:
    """To standard error."""
    sys.stderr.write(f"carelay: {text}\n")


def account() -> str:
    """Who runs the command, as this machine calls them."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())
