"""One association with a browser: its link (ICE), its DTLS, and its place in the forwarder."""

from collections.abc import Callable

from relay.endpoint import Endpoint
from relay.negotiation.negotiate import Negotiation
from relay.transport.dtls import DtlsTransport, SrtpKeys


class Connection:
    """Lives from a browser's first offer until it comes with another certificate, leaves,
    or DTLS ends.
    """

    def __init__(
        self, endpoint: Endpoint, negotiation: Negotiation, on_closed: Callable[[str], None]
    ) -> None:
        self.secured = False
        self._endpoint = endpoint
        self.key = endpoint.forwarder.add()
        self._link = endpoint.port.link(self.key)
        self._dtls = DtlsTransport(
            self._link, endpoint.certificate, negotiation.fingerprints, self._on_keys, on_closed
        )
        self.update(negotiation)

    def update(self, negotiation: Negotiation) -> None:
        """Take over an answer given on this connection, an ICE restart included."""
        self._link.accept(negotiation.local_ice)
        self._endpoint.forwarder.negotiate(self.key, negotiation.uplinks, negotiation.slots)

    def _on_keys(self, keys: SrtpKeys) -> None:
        self.secured = True
        self._endpoint.forwarder.secure(self.key, *keys.sessions())

    @property
    def heard(self) -> float:
        """When its last authenticated check or packet came."""
        return max(
            self._link.last_check or 0.0, self._endpoint.forwarder.last_heard(self.key) or 0.0
        )

    def alive(self, now: float) -> bool:
        """Secured, and heard of lately: an authenticated check
        or packet is consent to be sent media (RFC 7675).
        """
        return self.secured and now - self.heard <= self._endpoint.disconnect_after

    async def close(self) -> None:
        """Tell the browser (close_notify), then forget it."""
        self._endpoint.forwarder.remove(self.key)
        await self._dtls.close()
        self._link.close()
