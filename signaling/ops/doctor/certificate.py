"""The doctor looks at the practice's TLS certificate."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from cryptography import x509

from signaling.config import Config
from signaling.kernel import tls
from signaling.ops.doctor.finding import Finding, note, ok, problem

SOON = timedelta(days=21)


def look_at_certificate(config: Config, now: datetime) -> Iterator[Finding]:
    """Does it fit its key and the server's name, and for how long?"""
    file, key = config.server.tls_certificate_file, config.server.tls_key_file
    if file is None or key is None:
        return
    try:
        tls.server_context(file, key)
        certificate = tls.load(file)
    except tls.CertificateError as error:
        yield problem(
            f"TLS: {error}",
            "get certificate and key from the same place, in PEM, without a passphrase",
        )
        return
    yield _look_at_dates(certificate, now)
    yield from _look_at_names(certificate, config)


def _look_at_dates(certificate: x509.Certificate, now: datetime) -> Finding:
    end = certificate.not_valid_after_utc
    if end <= now:
        return problem(
            f"TLS: the certificate expired on {end:%Y-%m-%d}", "renew it; browsers refuse it"
        )
    if certificate.not_valid_before_utc > now:
        return problem("TLS: the certificate is not valid yet", "check this machine's clock")
    if end <= now + SOON:
        return note(f"TLS: the certificate expires on {end:%Y-%m-%d}", "renew it and restart")
    return ok(f"TLS: the certificate is valid until {end:%Y-%m-%d}")


def _look_at_names(certificate: x509.Certificate, config: Config) -> Iterator[Finding]:
    host = urlsplit(config.server.public_url).hostname
    if host is None:
        return
    names = tls.names_of(certificate)
    if host in names or f"*.{host.partition('.')[2]}" in names:
        yield ok(f"TLS: the certificate names {host}")
    else:
        known = ", ".join(sorted(names)) or "nothing"
        yield problem(
            f"TLS: the certificate names {known}, not {host}",
            "get one for the host of server.public_url",
        )
