"""One engine's port with all that a connection through it needs."""

from dataclasses import dataclass

from relay.forwarder import Forwarder
from relay.negotiation.negotiate import LocalDescription
from relay.transport.dtls import Certificate
from relay.transport.port import Port


@dataclass(frozen=True)
class Endpoint:
    """The server's side of every connection to this port."""

    port: Port
    certificate: Certificate
    local: LocalDescription
    forwarder: Forwarder
    disconnect_after: float
    """Seconds."""
