"""Our reader of Cobblestone-256 against the public vectors and against the library that writes it.

vectors/cobblestone_256.json: Project Wycheproof,
testvectors_v1/c2sp_chunked_encryption_aes_256_gcm_test.json, https://github.com/C2SP/wycheproof at
dac1dd4729fd1f8dd9e1e9f3dce51d783da6c166, Apache License 2.0.
"""

import hashlib
import json
import zlib
from pathlib import Path
from typing import Any

import pytest
from cryptography.cobblestone import Cobblestone256Encryptor
from hypothesis import given
from hypothesis import strategies as st

from storage.errors import StorageError
from storage.vault.cobblestone import CHUNK_SIZE, Message, ReadAt
from tests.storage.vault.parts import KEY, noise

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "cobblestone_256.json").read_text())
TESTS = [test for group in VECTORS["testGroups"] for test in group["tests"]]


def reading(ciphertext: bytes) -> ReadAt:
    return lambda offset, length: ciphertext[offset : offset + length]


def decrypt(key: bytes, context: bytes, ciphertext: bytes) -> bytes:
    """As PartReader does: the length first, then every chunk."""
    message = Message(key, context, reading(ciphertext))
    size = message.size(len(ciphertext))
    return b"".join(message.chunk(index) for index in range(-(-size // CHUNK_SIZE)))


def opened(vector: dict[str, Any]) -> tuple[bytes, bytes, bytes]:
    return (
        bytes.fromhex(vector["key"]),
        bytes.fromhex(vector["ctx"]),
        zlib.decompress(bytes.fromhex(vector["ct"])),
    )


def named(vector: dict[str, Any]) -> str:
    return str(vector["comment"])


@pytest.mark.parametrize("vector", [test for test in TESTS if test["result"] == "valid"], ids=named)
def test_a_valid_message_is_read(vector: dict[str, Any]) -> None:
    plaintext = decrypt(*opened(vector))
    assert len(plaintext) == vector["msgLength"]
    assert hashlib.sha512(plaintext).hexdigest() == vector["msgSha512"]


@pytest.mark.parametrize(
    "vector", [test for test in TESTS if test["result"] == "invalid"], ids=named
)
def test_an_invalid_message_is_refused(vector: dict[str, Any]) -> None:
    with pytest.raises(StorageError):
        decrypt(*opened(vector))


@pytest.mark.parametrize(
    "vector", [test for test in TESTS if "PartialPlaintext" in test["flags"]], ids=named
)
def test_recovery_finds_exactly_the_authentic_beginning(vector: dict[str, Any]) -> None:
    key, context, ciphertext = opened(vector)
    beginning = b"".join(Message(key, context, reading(ciphertext)).authentic_chunks())
    assert len(beginning) == vector["msgLength"]
    assert hashlib.sha512(beginning).hexdigest() == vector["msgSha512"]


@pytest.mark.parametrize(
    "vector", [test for test in TESTS if "ValidFinalChunk" not in test["flags"]], ids=named
)
def test_the_length_alone_is_authenticated(vector: dict[str, Any]) -> None:
    key, context, ciphertext = opened(vector)
    if vector["result"] == "valid":
        assert (
            Message(key, context, reading(ciphertext)).size(len(ciphertext)) == vector["msgLength"]
        )
    else:
        with pytest.raises(StorageError):
            Message(key, context, reading(ciphertext)).size(len(ciphertext))


@given(
    st.one_of(
        st.integers(0, 5 * CHUNK_SIZE), st.integers(0, 3).map(lambda chunks: chunks * CHUNK_SIZE)
    )
)
def test_what_the_library_writes_is_read(size: int) -> None:
    plaintext = noise(size)
    encryptor = Cobblestone256Encryptor(KEY, b"context")
    assert decrypt(KEY, b"context", encryptor.update(plaintext) + encryptor.finalize()) == plaintext
