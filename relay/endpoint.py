"""What all connections of a relay share."""

from dataclasses import dataclass, field

from relay.forwarder import Forwarder, PeerKey
from relay.negotiation.negotiate import LocalDescription
from relay.transport.dtls import Certificate
from relay.transport.port import Link, Port


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
