"""Passwords and passphrases: never an argument, since those show in `ps`."""

import getpass
import sys

from signaling.kernel.terminal import CommandError


def secret(prompt: str) -> str:
    """Asked for on the terminal, or one line of standard input."""
    if sys.stdin.isatty():
        return getpass.getpass(f"{prompt}: ")
    return sys.stdin.readline().rstrip("\r\n")


def new_secret(prompt: str, least: int, most: int, what: str) -> str:
    """The same, asked for twice. Raises CommandError for one that is too short or too long."""
    chosen = secret(prompt)
    if sys.stdin.isatty() and getpass.getpass("Again: ") != chosen:
        raise CommandError(f"the two {what}s differ")
    if not least <= len(chosen) <= most:
        raise CommandError(f"the {what} must have at least {least} characters")
    return chosen
