"""The WebSocket of a signed-in user: PROTOCOL.md tells its messages."""

from signaling.websocket.endpoint import SocketEndpoint

__all__ = ["SocketEndpoint"]
