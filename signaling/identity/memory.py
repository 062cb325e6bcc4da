"""Who has been signed in here: whoever hangs up or calls for help
while the database is away is known by this.
"""

import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime

from signaling.kernel.actor import Guest
from storage.models import User

MOST = 10_000


@dataclass(frozen=True)
class Known:
    """Whose a credential is, and until when it counts."""

    user: User
    expires_at: datetime
    guest: Guest | None = None
    """The link by which they came."""


class Memory:
    """The newest sign-ins that the database confirmed, by the hash of their credential."""

    def __init__(self) -> None:
        self._known: OrderedDict[bytes, Known] = OrderedDict()

    def keep(self, credential: str, known: Known) -> None:
        """The database has just confirmed it."""
        key = digest(credential)
        self._known[key] = known
        self._known.move_to_end(key)
        if len(self._known) > MOST:
            self._known.popitem(last=False)

    def forget(self, credential: str) -> None:
        """It counts no longer."""
        self._known.pop(digest(credential), None)

    def find(self, credential: str, now: datetime) -> Known | None:
        """Whose it was when the database last said so, unless it has expired since."""
        known = self._known.get(digest(credential))
        return known if known and known.expires_at > now else None


def digest(credential: str) -> bytes:
    """By which a credential is known here without being kept."""
    return hashlib.sha256(credential.encode(errors="surrogateescape")).digest()
