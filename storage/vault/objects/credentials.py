"""What requests to an object store are signed with. In no log, and in no error.

First a file as AWS's own tools keep it, then the environment. Where neither has any, obstore asks
the machine: the role of an instance, a container or a pod.
"""

import configparser
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from storage.errors import KeyFileError, StoreAway
from storage.vault.files import read_private

PROFILE = "default"


@dataclass(frozen=True)
class Credentials:
    """A pair, and a token where they are temporary."""

    access_key_id: str
    secret_access_key: str = field(repr=False)
    token: str | None = field(default=None, repr=False)


def find(file: Path | None, environ: Mapping[str, str]) -> Credentials | None:
    """None: the machine's role is left. Raises StoreAway for a file that cannot be used."""
    if file is not None:
        return _in_file(file)
    key, secret = environ.get("AWS_ACCESS_KEY_ID"), environ.get("AWS_SECRET_ACCESS_KEY")
    if not key or not secret:
        return None
    return Credentials(key, secret, environ.get("AWS_SESSION_TOKEN") or None)


def _in_file(file: Path) -> Credentials:
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_string(read_private(file).decode())
        section = parser[PROFILE]
        return Credentials(
            section["aws_access_key_id"],
            section["aws_secret_access_key"],
            section.get("aws_session_token"),
        )
    except KeyFileError as error:
        raise StoreAway(str(error)) from None
    except OSError as error:
        raise StoreAway(f"The credentials in {file} cannot be read: {error.strerror}.") from None
    except (configparser.Error, KeyError, UnicodeDecodeError):
        raise StoreAway(
            f"The credentials in {file} have no section [{PROFILE}] with aws_access_key_id and "
            "aws_secret_access_key."
        ) from None
