"""Bearer tokens of the host platform: JSON Web Tokens (RFC 7519) with `sub`, `role` and `name`.

Each algorithm has keys of its own: the shared secret only ever checks HS256, a public key only ever
its own kind, so no token can have a public key taken for a secret (RFC 8725, section 2.1). `none`
has no key at all.
"""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, get_args

import jwt
import msgspec

from signaling.config import Jwt
from signaling.kernel.errors import DomainError, NotAllowed, SignInRequired
from signaling.kernel.jwks import Jwks, PublicKey, from_file, from_url
from signaling.kernel.messages import UserId, UserName
from signaling.kernel.words import Role
from storage.database import Database
from storage.people import users

log = logging.getLogger(__name__)

MAX_BYTES = 8192
FAR_FUTURE = datetime(9999, 1, 1, tzinfo=UTC).timestamp()
# What PyJWT lets through on hostile JSON (NaN, 1e400, deep nesting) beside its own errors.
HOSTILE = (jwt.PyJWTError, ValueError, TypeError, OverflowError, RecursionError)


@dataclass(frozen=True)
class Bearer:
    """What a valid token says. Who it is that bears it is issuer and subject together."""

    issuer: str
    subject: str
    name: str
    role: Role
    expires_at: datetime
    issued_at: datetime | None = None
    """By the platform's clock; none if the token does not say."""


class _Claims(msgspec.Struct):
    iss: str
    sub: UserId
    exp: float
    name: UserName
    role: str
    iat: float | None = None


class Tokens:
    """Checks tokens against the configuration, whose files were checked at the start."""

    def __init__(self, config: Jwt) -> None:
        self._config = config
        self._secret = _secret(config)
        self._jwks = _jwks(config)

    async def check(self, token: str) -> Bearer:
        """The token's bearer.

        Raises SignInRequired if it is not valid, NotAllowed if it may not carry its role.
        """
        if not self._config.enabled:
            raise SignInRequired("invalid_token", reason="disabled")
        if len(token) > MAX_BYTES:
            raise SignInRequired("invalid_token", reason="too_long", limit=MAX_BYTES)
        algorithm, key = await self._key(_header(token))
        return self._bearer(self._decode(token, algorithm, key))

    async def _key(self, header: dict[str, Any]) -> tuple[str, bytes | PublicKey]:
        algorithm, key_id = header.get("alg"), header.get("kid")
        if algorithm not in self._config.algorithms:
            raise SignInRequired("invalid_token", reason="algorithm")
        if algorithm == "HS256":
            key: bytes | PublicKey | None = self._secret
        else:
            key = await self._jwks.key(algorithm, key_id) if self._jwks else None
        if key is None:
            raise SignInRequired("invalid_token", reason="unknown_key")
        return algorithm, key

    def _decode(self, token: str, algorithm: str, key: bytes | PublicKey) -> dict[str, Any]:
        try:
            return jwt.decode(
                token,
                key,
                algorithms=[algorithm],
                issuer=self._config.issuer,
                audience=self._config.audience,
                leeway=self._config.leeway_seconds,
                options={"require": ["exp", "iss", "aud", "sub"]},
            )
        except HOSTILE as error:
            raise _invalid(error) from None

    def _bearer(self, claims: dict[str, Any]) -> Bearer:
        try:
            known = msgspec.convert(claims, _Claims)
        except msgspec.ValidationError as error:
            raise SignInRequired("invalid_token", reason="claims", problem=str(error)) from None
        issued_at = None if known.iat is None else _instant(known.iat)
        return Bearer(
            known.iss, known.sub, known.name, self._role(known.role), _instant(known.exp), issued_at
        )

    def _role(self, named: str) -> Role:
        accepted = self._config.roles
        for role in accepted:
            if role == named:
                return role
        if named in get_args(Role):
            raise NotAllowed("unknown_role", reason="not_accepted", roles=accepted)
        raise NotAllowed("unknown_role", roles=accepted)


async def settle_issuer(database: Database, config: Jwt) -> None:
    """Whoever came with tokens before their issuer was kept is this platform's, from this start on.

    Not from their next token on, which another platform could have signed by then.
    """
    if not config.enabled:
        return
    async with database.transaction() as tx:
        count = await users.adopt(tx, config.issuer)
    if count:
        log.info("%d users that came with tokens are those of %s from now on", count, config.issuer)


def _secret(config: Jwt) -> bytes | None:
    if config.secret_file:
        return config.secret_file.read_bytes().strip()
    return config.secret.encode() or None


def _jwks(config: Jwt) -> Jwks | None:
    load: Callable[[], Awaitable[bytes]]
    if config.jwks_file:
        load = from_file(config.jwks_file)
    elif config.jwks_url:
        load = from_url(config.jwks_url)
    else:
        return None
    return Jwks(load)


def _header(token: str) -> dict[str, Any]:
    try:
        return jwt.get_unverified_header(token)
    except HOSTILE:
        raise SignInRequired("invalid_token", reason="not_a_token") from None


def _instant(seconds: float) -> datetime:
    return datetime.fromtimestamp(min(max(seconds, 0.0), FAR_FUTURE), UTC)


def _invalid(error: Exception) -> DomainError:
    match error:
        case jwt.ExpiredSignatureError():
            return SignInRequired("invalid_token", reason="expired")
        case jwt.ImmatureSignatureError():
            return SignInRequired("invalid_token", reason="early")
        case jwt.InvalidAudienceError():
            return SignInRequired("invalid_token", reason="audience")
        case jwt.InvalidIssuerError():
            return SignInRequired("invalid_token", reason="issuer")
        case jwt.MissingRequiredClaimError():
            return SignInRequired("invalid_token", reason="missing_claim", claim=error.claim)
    return SignInRequired("invalid_token", reason="signature")
