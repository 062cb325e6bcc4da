"""What a host platform's tokens may do here."""

from collections.abc import Iterator

from signaling.config import Config
from signaling.kernel.permissions import may
from signaling.ops.doctor.finding import Finding, note, ok


def look_at_token_roles(config: Config) -> Iterator[Finding]:
    """Who could make themselves what, if they could sign the platform's tokens."""
    jwt = config.jwt
    if not jwt.enabled:
        return
    text = f"tokens: those of {jwt.issuer} are accepted for the roles {', '.join(jwt.roles)}"
    if any(may(role, "recording.play") for role in jwt.roles):
        yield note(
            f"{text}; whoever can sign them can play recordings",
            "take the role out of jwt.roles, unless the platform is to decide who may play "
            "recordings",
        )
    else:
        yield ok(text)
