"""What the calls need of the configuration."""

from collections.abc import Callable
from dataclasses import dataclass

from signaling import config
from signaling.calls.alerts import Mailer
from signaling.calls.messages import IceServer
from signaling.identity.scope import Scope
from signaling.recordings.room import LongestCall
from signaling.recordings.texts import Texts


@dataclass(frozen=True)
class CallSettings:
    """Sections of config.toml as they are, and what is derived from others."""

    calls: config.Calls
    emergency: config.Emergency
    mailer: Mailer
    public_url: str
    """Of the pages, for whoever is alerted elsewhere."""
    consent: Texts
    ice_servers: Callable[[], list[IceServer]]
    """STUN and TURN servers, with credentials made at that moment."""
    longest: LongestCall = LongestCall(60, 2500)  # noqa: RUF009  a frozen value
    """What a recording may have to hold."""
    scope: Scope = Scope()  # noqa: RUF009  a frozen value
    """Whom a provider can call."""
