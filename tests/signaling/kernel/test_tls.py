"""TLS: the certificate made here, and that only modern versions are spoken."""

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from signaling.kernel import tls

NOW = datetime.now(UTC)
NAMES = ["localhost", "127.0.0.1", "192.0.2.7"]


def test_the_certificate_names_this_machine_and_its_key_is_private(tmp_path: Path) -> None:
    certificate, key = tls.self_signed(tmp_path / "tls", NAMES, NOW)
    assert tls.names_of(tls.load(certificate)) == set(NAMES)
    assert key.stat().st_mode & 0o777 == 0o600


def test_the_same_certificate_is_used_until_a_name_is_missing_or_its_end_is_near(
    tmp_path: Path,
) -> None:
    certificate, _ = tls.self_signed(tmp_path, NAMES, NOW)
    first = certificate.read_bytes()
    tls.self_signed(tmp_path, NAMES[:2], NOW + timedelta(days=300))
    assert certificate.read_bytes() == first
    tls.self_signed(tmp_path, [*NAMES, "192.0.2.8"], NOW)
    second = certificate.read_bytes()
    assert second != first
    tls.self_signed(tmp_path, NAMES, NOW + timedelta(days=380))
    assert certificate.read_bytes() != second


async def test_a_client_that_trusts_it_connects_and_an_old_one_does_not(tmp_path: Path) -> None:
    async def hello(_: web.Request) -> web.Response:
        return web.Response(text="hello")

    certificate, key = tls.self_signed(tmp_path, NAMES, NOW)
    app = web.Application()
    app.router.add_get("/", hello)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(
        runner, "127.0.0.1", 0, ssl_context=tls.server_context(certificate, key)
    ).start()
    url = f"https://127.0.0.1:{runner.addresses[0][1]}/"
    trusting = ssl.create_default_context(cafile=str(certificate))
    try:
        assert await fetch(url, trusting) == "hello"
        with pytest.warns(DeprecationWarning, match="TLSv1_1"):
            trusting.maximum_version = ssl.TLSVersion.TLSv1_1
        with pytest.raises(aiohttp.ClientConnectorError):
            await fetch(url, trusting)
    finally:
        await runner.cleanup()


async def fetch(url: str, context: ssl.SSLContext) -> str:
    """Over a connection of its own."""
    async with aiohttp.ClientSession() as session, session.get(url, ssl=context) as response:
        return await response.text()


def test_files_that_do_not_fit_are_named(tmp_path: Path) -> None:
    certificate, _ = tls.self_signed(tmp_path / "a", NAMES, NOW)
    _, key = tls.self_signed(tmp_path / "b", NAMES, NOW)
    with pytest.raises(tls.CertificateError, match="KEY_VALUES_MISMATCH"):
        tls.server_context(certificate, key)
    with pytest.raises(tls.CertificateError, match=r"none\.pem"):
        tls.load(tmp_path / "none.pem")
    (tmp_path / "empty.pem").touch()
    with pytest.raises(tls.CertificateError, match=r"empty\.pem holds no certificate"):
        tls.load(tmp_path / "empty.pem")
