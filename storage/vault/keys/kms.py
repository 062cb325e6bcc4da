"""A key in AWS KMS, or in a service that speaks its protocol.

The recording and the version of its data key are the encryption context, which KMS authenticates
and writes to its own log of uses. Credentials, a profile or another endpoint are found as every
program that uses AWS finds them: in the environment, in its configuration files, or from the
machine's role.
"""

import re
from functools import cached_property
from typing import Any

from storage.errors import KeyServiceAway, WrongKey
from storage.vault.keys.service import Bound, service_key_id

PREFIX = "kms-"
ARN = re.compile(r"arn:[a-z0-9-]+:kms:(?P<region>[a-z0-9-]+):[0-9]*:key/[A-Za-z0-9-]+")
"""Of a key, and not of an alias: that may be pointed elsewhere."""

_NOT_OURS = frozenset({"InvalidCiphertextException", "IncorrectKeyException"})


class KmsKey:
    """A WrappingKey. No call is made before the first key is wrapped or opened."""

    def __init__(self, arn: str) -> None:
        """Raises ValueError if it is not the ARN of a key."""
        found = ARN.fullmatch(arn)
        if found is None:
            raise ValueError("is not the ARN of a KMS key, arn:aws:kms:<region>:<account>:key/<id>")
        self._arn = arn
        self._region = found["region"]

    @property
    def key_id(self) -> str:
        """See WrappingKey."""
        return service_key_id(PREFIX, self._arn)

    def encrypt(self, data_key: bytes, bound: Bound) -> bytes:
        """See WrappingKey."""
        answer = self._call("encrypt", Plaintext=data_key, EncryptionContext=_context(bound))
        return bytes(answer["CiphertextBlob"])

    def decrypt(self, sealed: bytes, bound: Bound) -> bytes:
        """See WrappingKey."""
        if not sealed:
            raise WrongKey(f"Nothing was wrapped for recording {bound.recording_id}.")
        answer = self._call("decrypt", CiphertextBlob=sealed, EncryptionContext=_context(bound))
        return bytes(answer["Plaintext"])

    @cached_property
    def _client(self) -> Any:  # botocore makes its classes at run time
        import boto3  # noqa: PLC0415  50 MB of memory that only a server with such a key needs
        from botocore.config import Config  # noqa: PLC0415

        patience = Config(connect_timeout=3, read_timeout=5, retries={"total_max_attempts": 2})
        return boto3.session.Session().client("kms", region_name=self._region, config=patience)

    def _call(self, operation: str, **parameters: object) -> dict[str, Any]:
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

        try:
            answer: dict[str, Any] = getattr(self._client, operation)(KeyId=self._arn, **parameters)
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            if code in _NOT_OURS:
                raise WrongKey(f"Key {self._arn} has not wrapped that data key.") from None
            raise KeyServiceAway(f"KMS refuses to use key {self._arn}: {code}.") from error
        except BotoCoreError as error:
            raise KeyServiceAway(f"KMS cannot be asked for key {self._arn}: {error}.") from error
        return answer


def _context(bound: Bound) -> dict[str, str]:
    return {
        "carelay:recording": bound.recording_id,
        "carelay:data_key_version": str(bound.version),
    }
