"""The STUN and TURN servers that a browser is told, with credentials
that outlive no call by much.
"""

import base64
import hashlib
import hmac
import secrets

from signaling.calls.messages import IceServer
from signaling.config import Config

CREDENTIAL_MARGIN_SECONDS = 3600
"""Beyond the longest call. coturn checks the expiry on each refresh: a call must not lose its relay
midway.
"""


def ice_servers(config: Config, now: float) -> list[IceServer]:
    """What goes into RTCConfiguration.iceServers. `now` is Unix time in seconds."""
    servers = []
    if config.ice.stun_servers:
        servers.append(IceServer(urls=list(config.ice.stun_servers)))
    if config.ice.turn_servers:
        username, credential = _turn_credentials(config, now)
        servers.append(
            IceServer(urls=list(config.ice.turn_servers), username=username, credential=credential)
        )
    return servers


def _turn_credentials(config: Config, now: float) -> tuple[str, str]:
    ice = config.ice
    if not ice.turn_static_auth_secret:
        return ice.turn_username, ice.turn_credential
    lifetime = int(config.calls.longest.total_seconds()) + CREDENTIAL_MARGIN_SECONDS
    # A random label instead of the user's id: the TURN server's log need not know who called.
    username = f"{int(now) + lifetime}:{secrets.token_hex(8)}"
    # coturn's "TURN REST API": base64(HMAC-SHA1(secret, username)).
    digest = hmac.new(
        ice.turn_static_auth_secret.encode(), username.encode(), hashlib.sha1
    ).digest()
    return username, base64.b64encode(digest).decode()
