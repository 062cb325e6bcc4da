"""TLS for the pages: the practice's certificate,
or one of our own to try things from a phone on the same network.
"""

import ipaddress
import socket
import ssl
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from storage.vault.files import create_private

LIFETIME = timedelta(days=397)  # what Apple's systems accept at most without complaint is 398
RENEW_BEFORE = timedelta(days=30)


class CertificateError(Exception):
    """One line: which file, and what is wrong with it."""


def server_context(certificate: Path, key: Path) -> ssl.SSLContext:
    """TLS 1.2 and 1.3, server side. Raises CertificateError."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(certificate, key)
    except (OSError, ssl.SSLError) as error:
        reason = getattr(error, "reason", None) or error
        raise CertificateError(
            f"the certificate {certificate} with the key {key} cannot be used: {reason}"
        ) from None
    return context


def load(path: Path) -> x509.Certificate:
    """The first certificate of a PEM file. Raises CertificateError."""
    try:
        return x509.load_pem_x509_certificates(path.read_bytes())[0]
    except (OSError, ValueError, IndexError) as error:
        raise CertificateError(f"{path} holds no certificate: {error}") from None


def names_of(certificate: x509.Certificate) -> set[str]:
    """The host names and addresses it is good for."""
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return set()
    return {str(name.value).lower() for name in names}


def local_names(addresses: Sequence[str]) -> list[str]:
    """What this machine may be called by a phone beside it."""
    host = socket.gethostname()
    return list(dict.fromkeys(["localhost", host, f"{host}.local", "127.0.0.1", "::1", *addresses]))


def self_signed(folder: Path, names: Sequence[str], now: datetime) -> tuple[Path, Path]:
    """Paths of certificate and key in `folder`; made anew only when names are missing
    or the end is near.

    The same file again and again: a phone that was told to trust it goes on trusting it.
    """
    certificate, key = folder / "self-signed.pem", folder / "self-signed.key"
    if not _still_serves(certificate, key, names, now):
        _write(certificate, key, names, now)
    return certificate, key


def _still_serves(certificate: Path, key: Path, names: Sequence[str], now: datetime) -> bool:
    if not certificate.exists() or not key.exists():
        return False
    known = load(certificate)
    wanted = {name.lower() for name in names}
    return known.not_valid_after_utc > now + RENEW_BEFORE and wanted <= names_of(known)


def _write(certificate: Path, key: Path, names: Sequence[str], now: datetime) -> None:
    private_key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "carelay (self-signed)")])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(private_key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now.astimezone(UTC) - timedelta(hours=1))  # phones' clocks lag
        .not_valid_after(now.astimezone(UTC) + LIFETIME)
        .add_extension(
            x509.SubjectAlternativeName([_general_name(name) for name in names]), critical=False
        )
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(private_key, hashes.SHA256())
    )
    pem = private_key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    _replace(key, pem)
    _replace(certificate, made.public_bytes(serialization.Encoding.PEM))


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _replace(path: Path, content: bytes) -> None:
    path.unlink(missing_ok=True)
    with open(create_private(path), "wb") as file:  # noqa: PTH123  a descriptor, not a path
        file.write(content)
