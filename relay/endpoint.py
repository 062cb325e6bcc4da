"""What all connections of a relay share."""

from dataclasses import dataclass, field

from relay.forwarder import Forwarder, PeerKey
from relay.negotiate import LocalDescription
from relay.port import Link, Port
from relay.transport import Certificate


@dataclass(frozen=True)
class Endpoint:
    """The server's side of every connection."""

    port: Port
    certificate: Certificate
    local: LocalDescription
    forwarder: Forwarder
    disconnect_after: float
    """Seconds."""
    keys: dict[Link, PeerKey] = field(default_factory=dict)
    """Whose datagrams those of a link are."""
