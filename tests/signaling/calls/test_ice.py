"""STUN and TURN servers as the browser gets them."""

import base64
import hashlib
import hmac

from signaling import config
from signaling.calls.ice import ice_servers
from signaling.calls.messages import IceServer
from signaling.config import Config

TURN = ("turn:t.example:3478?transport=udp", "turns:t.example:443?transport=tcp")


def test_without_servers_there_are_none() -> None:
    assert ice_servers(Config(), 0.0) == []


def test_a_fixed_name_and_password_are_passed_on() -> None:
    settings = Config(ice=config.Ice(turn_servers=TURN, turn_username="u", turn_credential="c"))
    assert ice_servers(settings, 0.0) == [IceServer(urls=list(TURN), username="u", credential="c")]


def test_a_shared_secret_makes_credentials_that_expire_an_hour_after_the_longest_call() -> None:
    settings = Config(
        ice=config.Ice(turn_servers=TURN, turn_static_auth_secret="north"),
        calls=config.Calls(max_duration_minutes=30),
    )
    (first,), (second,) = ice_servers(settings, 1000.5), ice_servers(settings, 1000.5)
    assert first.username
    assert first.credential
    expiry, _, label = first.username.partition(":")
    assert int(expiry) == 1000 + (30 + 60) * 60 + 3600
    assert label
    assert first.username != second.username
    # As coturn's manual tells: base64(hmac-sha1(secret, username)).
    digest = hmac.digest(b"north", first.username.encode(), hashlib.sha1)
    assert base64.b64decode(first.credential) == digest
