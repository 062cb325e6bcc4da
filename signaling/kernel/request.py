"""A request, as far as the rules of the house know of it: who says to make it, and from where.
`http/origin.py` reads that from HTTP.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from signaling.kernel.actor import Origin


@dataclass(frozen=True)
class Request:
    """Credentials stay out of `repr`, so out of logs."""

    origin: Origin
    https: bool
    """Whether the browser's connection is encrypted, to us or to a trusted proxy."""
    changes: bool
    """Whether it may change something, or opens a socket."""
    of_a_page: bool
    """Whether a page made it, as browsers tell."""
    of_our_page: bool
    """Whether one of this server's own pages made it, as browsers tell."""
    authorization: str | None = field(repr=False)
    """The header."""
    cookies: Mapping[str, str] = field(repr=False)

    @property
    def address(self) -> str | None:
        """The client's IP address, through trusted proxies only."""
        return self.origin.address
