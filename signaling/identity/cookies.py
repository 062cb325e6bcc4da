"""The cookies of browsers: their names, and which of those that are sent count.

Over TLS their names begin with `__Host-`: browsers let nobody but this very host set such a cookie,
and only over TLS, so that neither a sibling under the same domain nor somebody on the network can
plant one. Plain names are for http on this machine or in its own network.

What was given out by a plain name before its server had TLS (or these names) still counts by it,
until it is replaced. Secrets that were made for a `__Host-` cookie begin with a mark, and count by
no other.
"""

from collections.abc import Mapping
from dataclasses import dataclass

HOST = "__Host-"
MARK = "host."
MOST_OCTETS = 256
"""Longer than any secret of ours."""


@dataclass(frozen=True)
class Cookie:
    """One kind of cookie. No script reads it, and no other site's page has it sent."""

    plain: str
    plain_path: str = "/"

    @property
    def guarded(self) -> str:
        """Its name over TLS."""
        return HOST + self.plain

    @property
    def names(self) -> tuple[str, str]:
        """All that it may have, the one that counts more first."""
        return self.guarded, self.plain

    def sent(self, cookies: Mapping[str, str], *, https: bool) -> str | None:
        """The secret that counts among the cookies of a request; none if there is none."""
        if https and (secret := cookies.get(self.guarded)):
            return secret
        secret = cookies.get(self.plain, "")
        return None if secret.startswith(MARK) else secret or None

    def is_outdated(self, cookies: Mapping[str, str], *, https: bool) -> bool:
        """Whether a browser holds one by the plain name that TLS makes replaceable."""
        return https and self.plain in cookies

    def given(self, secret: str, seconds: int, *, https: bool) -> str:
        """The value of Set-Cookie that gives it to a browser."""
        if https:
            return _line(self.guarded, secret, "/", seconds, "; Secure")
        return _line(self.plain, secret, self.plain_path, seconds)

    def plain_taken_back(self) -> str:
        """The value of Set-Cookie that removes one by the plain name."""
        return _line(self.plain, "", self.plain_path, 0, "; Secure")


SESSION = Cookie("carelay_session")
DEVICE = Cookie("carelay_device", plain_path="/api/v1/auth")
GUEST = Cookie("carelay_guest", plain_path="/api/v1/auth")
"""The browser that came in by a guest's link, and may do so again."""


def mark(*, https: bool) -> str:
    """What a new secret begins with."""
    return MARK if https else ""


def _line(name: str, secret: str, path: str, seconds: int, secure: str = "") -> str:
    return f"{name}={secret}; Path={path}; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}"
