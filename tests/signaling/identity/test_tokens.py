"""Bearer tokens of a host platform, with real keys: what is accepted,
and every way to be refused.
"""

import base64
import hashlib
import hmac
import json
import time
from pathlib import Path
from typing import Any

import jwt
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from signaling import config
from signaling.http.problem import Problem, of_error
from signaling.identity.tokens import Tokens
from signaling.kernel import jwks
from signaling.kernel.errors import DomainError
from tests.support.platform import AUDIENCE, ISSUER

SECRET = "a shared secret of thirty-two bytes or more"
RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
EC_KEY = ec.generate_private_key(ec.SECP256R1())


def key_set(**keys: Any) -> bytes:
    """A JWKS of public keys by key id."""
    entries = []
    for key_id, key in keys.items():
        algorithm = jwt.get_algorithm_by_name(
            "RS256" if isinstance(key, rsa.RSAPrivateKey) else "ES256"
        )
        entries.append(
            {**algorithm.to_jwk(key.public_key(), as_dict=True), "kid": key_id, "use": "sig"}
        )
    return json.dumps({"keys": entries}).encode()


def claims(**changes: Any) -> dict[str, Any]:
    """Valid claims; a change to None takes a claim out."""
    now = int(time.time())
    usual = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": "p-1",
        "name": "Alex Morgan",
        "role": "patient",
        "exp": now + 600,
    }
    return {key: value for key, value in {**usual, **changes}.items() if value is not None}


def tokens(folder: Path, **changes: Any) -> Tokens:
    """Both kinds of keys configured."""
    (folder / "jwks.json").write_bytes(key_set(rsa1=RSA_KEY, ec1=EC_KEY))
    usual = {"issuer": ISSUER, "audience": AUDIENCE, "secret": SECRET}
    return Tokens(config.Jwt(**{**usual, "jwks_file": folder / "jwks.json", **changes}))


def hs256(**changes: Any) -> str:
    return jwt.encode(claims(**changes), SECRET, "HS256")


def rs256(key_id: str | None = "rsa1", **changes: Any) -> str:
    return jwt.encode(
        claims(**changes), RSA_KEY, "RS256", headers={"kid": key_id} if key_id else None
    )


def forged(header: dict[str, Any], payload: bytes, key: bytes) -> str:
    """A token whose parts no library would make."""
    parts = [
        base64.urlsafe_b64encode(part).rstrip(b"=")
        for part in (json.dumps(header).encode(), payload)
    ]
    signature = hmac.new(key, b".".join(parts), hashlib.sha256).digest()
    return b".".join([*parts, base64.urlsafe_b64encode(signature).rstrip(b"=")]).decode()


async def refusal(checker: Tokens, token: str) -> Problem:
    with pytest.raises(DomainError) as caught:
        await checker.check(token)
    return of_error(caught.value)


async def test_all_three_algorithms_are_accepted(tmp_path: Path) -> None:
    es256 = jwt.encode(claims(), EC_KEY, "ES256", headers={"kid": "ec1"})
    for token in (hs256(), rs256(), es256):
        bearer = await tokens(tmp_path).check(token)
        assert (bearer.issuer, bearer.subject) == (ISSUER, "p-1")
        assert (bearer.name, bearer.role) == ("Alex Morgan", "patient")
        assert bearer.expires_at.timestamp() > time.time()


async def test_the_only_key_of_an_algorithm_needs_no_key_id(tmp_path: Path) -> None:
    assert (await tokens(tmp_path).check(rs256(key_id=None))).subject == "p-1"


@pytest.mark.parametrize(
    ("changes", "detail"),
    [
        ({"exp": 1}, "The token has expired."),
        ({"exp": None}, "The token has no exp."),
        ({"nbf": int(time.time()) + 3600}, "The token is not valid yet."),
        ({"aud": "another"}, "The token is meant for another audience."),
        ({"aud": None}, "The token has no aud."),
        ({"iss": "https://evil.example"}, "The token is from another issuer."),
        ({"iss": None}, "The token has no iss."),
        ({"sub": None}, "The token has no sub."),
        ({"sub": 7}, "The token's signature or content is not valid."),
        (
            {"sub": ""},
            "The token's claims are incomplete: Expected `str` of length >= 1 - at `$.sub`.",
        ),
        (
            {"name": None},
            "The token's claims are incomplete: Object missing required field `name`.",
        ),
        (
            {"role": None},
            "The token's claims are incomplete: Object missing required field `role`.",
        ),
    ],
)
async def test_a_claim_that_is_wrong_is_a_401_that_says_which(
    tmp_path: Path, changes: dict[str, Any], detail: str
) -> None:
    problem = await refusal(tokens(tmp_path), hs256(**changes))
    assert (problem.status, problem.code, problem.detail) == (401, "invalid_token", detail)


async def test_clocks_may_differ_by_the_leeway_only(tmp_path: Path) -> None:
    expired = hs256(exp=int(time.time()) - 10)
    assert (await tokens(tmp_path, leeway_seconds=30).check(expired)).subject
    assert (await refusal(tokens(tmp_path, leeway_seconds=5), expired)).status == 401


async def test_an_unknown_role_is_a_clear_403(tmp_path: Path) -> None:
    problem = await refusal(tokens(tmp_path), hs256(role="root"))
    assert (problem.status, problem.code) == (403, "unknown_role")
    assert problem.detail == "The token's role is none of patient, provider."


@pytest.mark.parametrize("role", ["compliance", "ops", "admin"])
async def test_tokens_carry_the_roles_that_are_configured_and_no_others(
    tmp_path: Path, role: str
) -> None:
    problem = await refusal(tokens(tmp_path), hs256(role=role))
    assert (problem.status, problem.code) == (403, "unknown_role")
    assert problem.detail == (
        "Tokens with this role are not accepted here, only those of patient, provider (jwt.roles)."
    )
    listed = tokens(tmp_path, roles=(role,))
    assert (await listed.check(hs256(role=role))).role == role
    assert (await refusal(listed, hs256(role="patient"))).code == "unknown_role"


async def test_another_secret_or_key_is_refused(tmp_path: Path) -> None:
    checker = tokens(tmp_path)
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    for token in (
        jwt.encode(claims(), "another secret that is long enough too", "HS256"),
        jwt.encode(claims(), other, "RS256", headers={"kid": "rsa1"}),
        jwt.encode(claims(), other, "RS256", headers={"kid": "unknown"}),
        jwt.encode(claims(), EC_KEY, "ES256", headers={"kid": "rsa1"}),
    ):
        assert (await refusal(checker, token)).status == 401


async def test_none_and_algorithms_beyond_the_three_are_refused(tmp_path: Path) -> None:
    checker = tokens(tmp_path)
    for token in (jwt.encode(claims(), "", "none"), jwt.encode(claims(), SECRET * 2, "HS512")):
        assert "algorithm" in (await refusal(checker, token)).detail


async def test_a_public_key_is_never_taken_for_a_shared_secret(tmp_path: Path) -> None:
    pem = RSA_KEY.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    token = forged(
        {"alg": "HS256", "kid": "rsa1", "typ": "JWT"}, json.dumps(claims()).encode(), pem
    )
    assert (await refusal(tokens(tmp_path), token)).status == 401
    assert (await refusal(tokens(tmp_path, secret=""), token)).status == 401


async def test_an_algorithm_without_a_key_of_its_own_is_refused(tmp_path: Path) -> None:
    assert (await refusal(tokens(tmp_path, secret=""), hs256())).status == 401
    assert (await refusal(tokens(tmp_path, jwks_file=None), rs256())).status == 401
    assert (await refusal(tokens(tmp_path, algorithms=("RS256",)), hs256())).status == 401


@pytest.mark.parametrize(
    "payload",
    [
        b"not json",
        b"[]",
        b'"text"',
        b"[" * 5000,
        b'{"exp": NaN}',
        b'{"exp": 1e400}',
        b'{"exp": true}',
        b"\xff",
    ],
)
async def test_hostile_content_is_a_401(tmp_path: Path, payload: bytes) -> None:
    token = forged({"alg": "HS256"}, payload, SECRET.encode())
    assert (await refusal(tokens(tmp_path), token)).status == 401


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "..", "é.é.é", "[" * 8000, "x" * 9000])
async def test_what_is_no_token_is_a_401(tmp_path: Path, token: str) -> None:
    assert (await refusal(tokens(tmp_path), token)).status == 401


@pytest.mark.parametrize("key_id", [7, None, [], {"a": 1}, "x" * 3000])
async def test_a_strange_key_id_is_a_401(tmp_path: Path, key_id: object) -> None:
    token = forged({"alg": "ES256", "kid": key_id}, json.dumps(claims()).encode(), b"k")
    assert (await refusal(tokens(tmp_path), token)).status == 401


async def test_a_token_that_never_expires_is_bounded(tmp_path: Path) -> None:
    assert (await tokens(tmp_path).check(hs256(exp=10**17))).expires_at.year == 9999


async def test_without_any_key_no_token_is_accepted() -> None:
    assert "accepts no bearer tokens" in (await refusal(Tokens(config.Jwt()), hs256())).detail


# --- the key set


def test_keys_that_should_not_verify_anything_are_left_out() -> None:
    weak = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    other_curve = ec.generate_private_key(ec.SECP384R1())
    entries = json.loads(key_set(weak=weak, good=RSA_KEY))["keys"]
    entries.append({"kty": "oct", "k": "c2VjcmV0", "kid": "shared"})
    entries.append({**entries[1], "kid": "encryption", "use": "enc"})
    entries.append({**entries[1], "kid": "ps", "alg": "PS256"})
    entries.append(
        {
            **jwt.get_algorithm_by_name("ES384").to_jwk(other_curve.public_key(), as_dict=True),
            "kid": "p384",
        }
    )
    entries.append({"kty": "RSA", "n": "!", "e": "AQAB"})
    assert set(jwks.parse(json.dumps({"keys": entries}).encode())) == {("RS256", "good")}


@pytest.mark.parametrize(
    "document", [b"", b"{}", b"[]", b"7", b'{"keys": 7}', b'{"keys": [7]}', b"[" * 100_000]
)
def test_what_is_no_key_set_is_told(document: bytes) -> None:
    with pytest.raises(jwks.KeySetError):
        jwks.parse(document)


class Platform:
    """A key set that can be changed and fail, and counts how often it is asked."""

    def __init__(self) -> None:
        self.document: bytes | None = key_set(first=RSA_KEY)
        self.asked = 0

    async def load(self) -> bytes:
        self.asked += 1
        if self.document is None:
            raise jwks.KeySetError("away")
        return self.document


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


async def test_a_new_key_is_found_and_made_up_key_ids_do_not_hammer_the_platform() -> None:
    platform, clock = Platform(), Clock()
    keys = jwks.Jwks(platform.load, clock)
    assert await keys.key("RS256", "first")
    platform.document = key_set(second=EC_KEY)
    assert await keys.key("ES256", "second") is None
    clock.now += jwks.RETRY_SECONDS
    assert await keys.key("ES256", "second")
    for number in range(100):
        assert await keys.key("RS256", f"made-up-{number}") is None
    assert platform.asked == 2


async def test_a_withdrawn_key_stops_working_after_an_hour_and_known_ones_survive_an_outage() -> (
    None
):
    platform, clock = Platform(), Clock()
    keys = jwks.Jwks(platform.load, clock)
    assert await keys.key("RS256", "first")
    platform.document = None
    clock.now += jwks.REREAD_SECONDS
    assert await keys.key("RS256", "first")
    platform.document = key_set(second=EC_KEY)
    clock.now += jwks.REREAD_SECONDS
    assert await keys.key("RS256", "first") is None


async def test_keys_come_from_a_url_bounded_in_size_and_without_redirects() -> None:
    async def good(_: web.Request) -> web.Response:
        return web.Response(body=key_set(first=RSA_KEY))

    async def large(_: web.Request) -> web.Response:
        return web.Response(body=b" " * (jwks.MAX_BYTES + 1))

    async def elsewhere(_: web.Request) -> web.Response:
        raise web.HTTPFound("/good")

    app = web.Application()
    app.add_routes(
        [web.get("/good", good), web.get("/large", large), web.get("/elsewhere", elsewhere)]
    )
    async with TestServer(app) as server:
        assert jwks.parse(await jwks.from_url(str(server.make_url("/good")))())
        for path in ("/large", "/elsewhere", "/none"):
            with pytest.raises(jwks.KeySetError):
                await jwks.from_url(str(server.make_url(path)))()
        url = str(server.make_url("/good"))
    with pytest.raises(jwks.KeySetError):
        await jwks.from_url(url)()
