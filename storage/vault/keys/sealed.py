"""Keys to which the server seals what it records, and which it cannot open.

The server has a public key alone: HPKE (RFC 9180) in base mode, with the hybrid KEM MLKEM768-X25519
(0x647a, X-Wing: draft-connolly-cfrg-xwing-kem), HKDF-SHA256 and AES-256-GCM. What is sealed today
stays closed as long as either ML-KEM-768 or X25519 holds, to quantum computers as well. The private
key is a file of its own, protected by a passphrase, which belongs on no server. FORMAT.md writes
both files down.
"""

import base64
import hashlib
import os
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from msgspec import Meta

from storage.errors import KeyFileError, KeyIsSealed, WrongKey
from storage.vault.files import read_private, write_new
from storage.vault.keys.datakey import VERSION, DataKey, purpose

PREFIX = "sealed-"
"""What the ids of these keys begin with, and no others."""
FIRST_LINE = "carelay public key 1 of sealed recordings -- no secret"
FORMAT = "carelay private key 1 of sealed recordings"
PUBLIC_FILE = "recording.pub"
MLKEM_PUBLIC_SIZE = 1184
PUBLIC_SIZE = MLKEM_PUBLIC_SIZE + 32
SEED_SIZE = 32
NONCE_SIZE = 12
SCRYPT_COST = 2**17  # 128 MiB and half a second, as OWASP's cheat sheet on passwords asks for
MOST_SCRYPT_COST = 2**20
MAX_PUBLIC_FILE = 16 * 1024

_SUITE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


def is_sealed(key_id: str) -> bool:
    """Whether what that key wraps is closed to every server."""
    return key_id.startswith(PREFIX)


def refuse_sealed(key_id: str, recording_id: str) -> None:
    """Raises KeyIsSealed."""
    if is_sealed(key_id):
        raise KeyIsSealed(
            f"Recording {recording_id} is sealed: key {key_id} is not on this server."
        )


@dataclass(frozen=True)
class PublicKey:
    """Seals, and does not open."""

    raw: bytes
    """The encapsulation key of ML-KEM-768, then the public key of X25519."""

    @classmethod
    def load(cls, path: Path) -> "PublicKey":
        """Raises KeyFileError."""
        try:
            with path.open("rb") as file:
                lines = file.read(MAX_PUBLIC_FILE).splitlines()
        except OSError as error:
            raise KeyFileError(f"The public key {path} cannot be read: {error.strerror}.") from None
        if lines[:1] != [FIRST_LINE.encode()]:
            raise KeyFileError(f"{path} is not a public key of sealed recordings.")
        try:
            found = cls(base64.b64decode(b"".join(lines[1:]), validate=True))
            found.hpke  # noqa: B018 - raises ValueError if it is none
        except ValueError:
            raise KeyFileError(f"The public key {path} is damaged.") from None
        return found

    @property
    def content(self) -> bytes:
        """Of its file."""
        return f"{FIRST_LINE}\n{base64.b64encode(self.raw).decode()}\n".encode()

    @property
    def digest(self) -> str:
        """SHA-256 in hexadecimal: which key it is, where its id would fit another one as well."""
        return hashlib.sha256(b"carelay sealed key id 1\x00" + self.raw).hexdigest()

    @property
    def key_id(self) -> str:
        """The beginning of its digest: 36 bits, for which somebody can make another key."""
        return PREFIX + self.digest[: 16 - len(PREFIX)]

    @property
    def hpke(self) -> MLKEM768X25519PublicKey:
        """Raises ValueError if it is no public key."""
        return MLKEM768X25519PublicKey(
            MLKEM768PublicKey.from_public_bytes(self.raw[:MLKEM_PUBLIC_SIZE]),
            X25519PublicKey.from_public_bytes(self.raw[MLKEM_PUBLIC_SIZE:]),
        )

    def wrap(self, data_key: DataKey, recording_id: str) -> bytes:
        """The encapsulated key, then the data key, bound to recording and version."""
        return _SUITE.encrypt(data_key.key, self.hpke, purpose(data_key.version, recording_id))


@dataclass(frozen=True)
class PrivateKey:
    """Opens what was sealed to its public half."""

    seed: bytes = field(repr=False)
    """32 bytes, of which both keys are made as X-Wing does."""

    @classmethod
    def new(cls) -> "PrivateKey":
        return cls(os.urandom(SEED_SIZE))

    @property
    def public(self) -> PublicKey:
        mlkem, x25519 = self._keys()
        return PublicKey(
            mlkem.public_key().public_bytes_raw() + x25519.public_key().public_bytes_raw()
        )

    def unwrap(self, wrapped: bytes, recording_id: str) -> DataKey:
        """The recording's data key. Raises WrongKey."""
        private = MLKEM768X25519PrivateKey(*self._keys())
        for version in range(VERSION, 0, -1):
            try:
                return DataKey(
                    _SUITE.decrypt(wrapped, private, purpose(version, recording_id)), version
                )
            except (InvalidTag, ValueError):
                continue
        raise WrongKey(
            f"The private key {self.public.key_id} does not open recording {recording_id}."
        )

    def _keys(self) -> tuple[MLKEM768PrivateKey, X25519PrivateKey]:
        expanded = hashlib.shake_256(self.seed).digest(96)
        return (
            MLKEM768PrivateKey.from_seed_bytes(expanded[:64]),
            X25519PrivateKey.from_private_bytes(expanded[64:]),
        )


class _Scrypt(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """RFC 7914."""

    salt: bytes
    n: Annotated[int, Meta(gt=1, le=MOST_SCRYPT_COST)] = SCRYPT_COST
    r: Annotated[int, Meta(ge=1, le=8)] = 8
    p: Annotated[int, Meta(ge=1, le=4)] = 1


class _PrivateFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The private key under a passphrase: AES-256-GCM with a key that scrypt makes of it."""

    format: str
    key_id: str
    public_key: bytes
    scrypt: _Scrypt
    nonce: bytes
    sealed_seed: bytes

    def cipher(self, passphrase: str) -> AESGCM:
        kdf = self.scrypt
        derived = Scrypt(salt=kdf.salt, length=32, n=kdf.n, r=kdf.r, p=kdf.p)
        return AESGCM(derived.derive(unicodedata.normalize("NFC", passphrase).encode()))

    @property
    def bound(self) -> bytes:
        """Associated data."""
        return FORMAT.encode() + b"\x00" + self.public_key


def create_private(path: Path, key: PrivateKey, passphrase: str) -> None:
    """A file of mode 0600. Raises KeyFileError, in particular if it exists."""
    made = _PrivateFile(
        format=FORMAT,
        key_id=key.public.key_id,
        public_key=key.public.raw,
        scrypt=_Scrypt(os.urandom(16)),
        nonce=os.urandom(NONCE_SIZE),
        sealed_seed=b"",
    )
    sealed = made.cipher(passphrase).encrypt(made.nonce, key.seed, made.bound)
    content = msgspec.json.encode(msgspec.structs.replace(made, sealed_seed=sealed))
    _create(path, msgspec.json.format(content, indent=2) + b"\n")


def create_public(path: Path, key: PublicKey) -> None:
    """Raises KeyFileError, in particular if the file exists."""
    _create(path, key.content)


def load_private(path: Path, passphrase: str) -> PrivateKey:
    """Raises KeyFileError, and WrongKey for a wrong passphrase."""
    try:
        read = msgspec.json.decode(read_private(path), type=_PrivateFile)
    except OSError as error:
        raise KeyFileError(f"The private key {path} cannot be read: {error.strerror}.") from None
    except (msgspec.ValidationError, msgspec.DecodeError):
        raise KeyFileError(f"{path} is not a private key of sealed recordings.") from None
    if read.format != FORMAT:
        raise KeyFileError(f"{path} is not a private key of sealed recordings.")
    try:
        seed = read.cipher(passphrase).decrypt(read.nonce, read.sealed_seed, read.bound)
    except InvalidTag:
        raise WrongKey(f"The passphrase does not open {path}, or the file is damaged.") from None
    except ValueError:
        raise KeyFileError(f"The private key {path} is damaged.") from None
    key = PrivateKey(seed)
    if len(seed) != SEED_SIZE or key.public.raw != read.public_key:
        raise KeyFileError(f"The private key {path} is damaged.")
    return key


def private_file(public: Path) -> Path:
    """Where the private key is made beside a public one."""
    return public.with_suffix(".private")


def _create(path: Path, content: bytes) -> None:
    try:
        write_new(path, content)
    except FileExistsError:
        raise KeyFileError(f"The key file {path} exists; it is never overwritten.") from None
    except OSError as error:
        raise KeyFileError(f"The key file {path} cannot be written: {error.strerror}.") from error
