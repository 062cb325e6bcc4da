"""The key by which push services know this installation (VAPID, RFC 8292)."""

import base64
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from storage.errors import KeyFileError
from storage.vault.files import read_private, write_new

LIFETIME = timedelta(hours=12)
"""Of a token; at most 24 hours (RFC 8292, section 2)."""


def create(path: Path) -> None:
    """A new key in that file, mode 0600. Raises KeyFileError, in particular if the file exists."""
    pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    try:
        write_new(path, pem)
    except FileExistsError:
        raise KeyFileError(f"The key file {path} exists; it is never overwritten.") from None
    except OSError as error:
        raise KeyFileError(f"The key file {path} cannot be written: {error.strerror}.") from error


class Vapid:
    """The key of a file, and whom a push service writes to if something is wrong."""

    def __init__(self, path: Path, contact: str) -> None:
        """Raises KeyFileError."""
        try:
            key = load_pem_private_key(read_private(path), password=None)
        except OSError as error:
            raise KeyFileError(f"The key file {path} cannot be read: {error.strerror}.") from error
        except (ValueError, TypeError) as error:
            raise KeyFileError(f"{path} is not a private key (PEM): {error}") from error
        if not isinstance(key, ec.EllipticCurvePrivateKey) or key.curve.name != "secp256r1":
            raise KeyFileError(f"{path} is not a key on the curve P-256, which push services ask.")
        self._key = key
        self._contact = contact
        point = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.public_key = base64.urlsafe_b64encode(point).rstrip(b"=").decode()
        """As browsers take it: `applicationServerKey`."""

    def authorization(self, endpoint: str, now: datetime) -> str:
        """The header of a request to that address."""
        url = urlsplit(endpoint)
        claims = {
            "aud": f"{url.scheme}://{url.netloc}",
            "exp": int((now + LIFETIME).timestamp()),
            "sub": self._contact,
        }
        return f"vapid t={jwt.encode(claims, self._key, 'ES256')}, k={self.public_key}"
