"""Witnesses of the audit log, as the configuration names them: a key, and where it is asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from signaling.kernel.network import PLAIN_HOSTS
from storage.audit.cosignature import Cosigner
from storage.errors import InvalidNote


@dataclass(frozen=True)
class Witness:
    """One of them."""

    cosigner: Cosigner
    url: str
    """Of its add-checkpoint."""


def parse(text: str) -> Witness:
    """`<name>+<key id>+<key> <submission prefix>`. Raises ValueError, which says what is wrong."""
    vkey, _, prefix = text.strip().partition(" ")
    try:
        cosigner = Cosigner.parse(vkey)
        url = urlsplit(prefix.strip())
        usual = url.scheme == "https" or (url.scheme == "http" and url.hostname in PLAIN_HOSTS)
    except InvalidNote as error:
        raise ValueError(str(error)) from None
    if (
        not usual
        or not url.hostname
        or url.query
        or url.fragment
        or any(map(str.isspace, url.path))
    ):
        raise ValueError("needs the witness's https address behind its key and a space")
    return Witness(cosigner, f"{prefix.strip().rstrip('/')}/add-checkpoint")


def all_of(entries: Sequence[str]) -> list[Witness]:
    """Those of the configuration, which was checked."""
    return [parse(entry) for entry in entries]
