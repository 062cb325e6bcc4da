"""The file that tells `carelay load` as whom to call.

It holds secrets: mode 0600, and none is ever printed.
"""

import os
from pathlib import Path

import msgspec

from signaling.kernel.terminal import CommandError
from storage.vault.files import create_private

DEFAULT = Path("load-accounts.json")


class Account(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """Either a username with its password, or a token of the host platform."""

    username: str = ""
    password: str = ""
    token: str = ""

    def __post_init__(self) -> None:
        if bool(self.token) == bool(self.username and self.password):
            raise ValueError("an account has either a username and a password, or a token")

    def __repr__(self) -> str:
        return f"Account({self.username})"


class Pair(msgspec.Struct, forbid_unknown_fields=True):
    """One call."""

    provider: Account
    patient: Account


class AccountFile(msgspec.Struct, forbid_unknown_fields=True):
    """One pair a call."""

    pairs: list[Pair]


def read(path: Path) -> list[Pair]:
    """Raises CommandError for a file that is missing, open to others, or none of these."""
    try:
        if path.stat().st_mode & 0o077:
            raise CommandError(
                f"{path} is open to other users of this machine; run: chmod 600 {path}"
            )
        return msgspec.json.decode(path.read_bytes(), type=AccountFile).pairs
    except FileNotFoundError:
        advice = "`carelay load-accounts create` on the server makes one"
        raise CommandError(f"there is no {path}; {advice}") from None
    except msgspec.MsgspecError as error:
        raise CommandError(f"{path} is no file of load accounts: {error}") from None


def refuse_other_file(path: Path) -> None:
    """Raises CommandError if something else would be overwritten."""
    if path.exists():
        read(path)


def refuse_missing_folder(path: Path) -> None:
    """Raises CommandError; secrets are in no folder that a slip of the pen made."""
    if not path.absolute().parent.is_dir():
        raise CommandError(f"{path}: there is no such folder")


def write(path: Path, pairs: list[Pair]) -> None:
    """Replaces an earlier one."""
    unfinished = path.with_name(f"{path.name}.new")
    unfinished.unlink(missing_ok=True)
    with open(create_private(unfinished), "wb") as file:  # noqa: PTH123  a descriptor, not a path
        file.write(msgspec.json.format(msgspec.json.encode(AccountFile(pairs)), indent=1) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
