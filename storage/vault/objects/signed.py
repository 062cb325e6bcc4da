"""The few requests to an S3-compatible store that obstore does not make: versions of an object, the
lock on it, uploads that were broken off. Signed by AWS Signature Version 4. Blocking.
"""

import base64
import hashlib
import hmac
import ssl
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import quote, urlsplit
from xml.etree import ElementTree

from storage.errors import StoreAway
from storage.vault.objects.credentials import Credentials

ANSWER_SECONDS = 10.0
MAX_ANSWER_BYTES = 4 * 1024 * 1024
UNRESERVED = "-_.~"
NOT_SUPPORTED = {"NotImplemented", "MethodNotAllowed", "NotSupported"}
XMLNS = "http://s3.amazonaws.com/doc/2006-03-01/"


class Refused(StoreAway):
    """The store has answered, and not as it was asked to."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(f"The object store answers {status} {code or 'without a reason'}.")
        self.status = status
        self.code = code


@dataclass(frozen=True)
class Version:
    """One that a bucket keeps of an object; a deletion is one, too."""

    key: str
    id: str


@dataclass(frozen=True)
class Request:
    """What is signed: everything but the time and who asks."""

    method: str
    host: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    """With names in lower case."""
    body: bytes
    region: str


@dataclass(frozen=True)
class Answer:
    content: bytes
    headers: Message


def authorization(request: Request, credentials: Credentials, at: datetime) -> dict[str, str]:
    """The headers that sign it. Pure."""
    stamp = f"{at:%Y%m%dT%H%M%SZ}"
    digest = hashlib.sha256(request.body).hexdigest()
    headers = {
        "host": request.host,
        "x-amz-content-sha256": digest,
        "x-amz-date": stamp,
        **request.headers,
    }
    if credentials.token:
        headers["x-amz-security-token"] = credentials.token
    names = ";".join(sorted(headers))
    lines = [f"{name}:{headers[name].strip()}" for name in sorted(headers)]
    query = encoded(request.query)
    canonical = "\n".join((request.method, request.path, query, *lines, "", names, digest))
    scope = f"{at:%Y%m%d}/{request.region}/s3/aws4_request"
    told = "\n".join(
        ("AWS4-HMAC-SHA256", stamp, scope, hashlib.sha256(canonical.encode()).hexdigest())
    )
    key = f"AWS4{credentials.secret_access_key}".encode()
    for word in (f"{at:%Y%m%d}", request.region, "s3", "aws4_request"):
        key = hmac.digest(key, word.encode(), "sha256")
    signature = hmac.digest(key, told.encode(), "sha256").hex()
    headers["authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={credentials.access_key_id}/{scope},"
        f"SignedHeaders={names},Signature={signature}"
    )
    return headers


def encoded(query: Mapping[str, str]) -> str:
    """As it is signed, and sent."""
    pairs = sorted((quote(name, UNRESERVED), quote(query[name], UNRESERVED)) for name in query)
    return "&".join(f"{name}={value}" for name, value in pairs)


class SignedRequests:
    """To one bucket. Raises StoreAway, and of it Refused where the store has answered."""

    def __init__(
        self,
        endpoint: str,
        bucket: str,
        region: str,
        credentials: Callable[[], Credentials],
        context: ssl.SSLContext,
    ) -> None:
        self._url = urlsplit(endpoint)
        self._bucket = bucket
        self._region = region
        self._credentials = credentials
        self._context = context

    def versions(self, prefix: str) -> Sequence[Version]:
        """Of all objects whose key begins so; without versions, the objects themselves."""
        found: list[Version] = []
        query = {"versions": "", "prefix": prefix}
        while True:
            answer = _parsed(self._ask("GET", "", query))
            found += [
                Version(_text(each, "Key"), _text(each, "VersionId"))
                for each in answer
                if _name(each) in {"Version", "DeleteMarker"}
            ]
            if _text(answer, "IsTruncated") != "true":
                return found
            query |= {
                "key-marker": _text(answer, "NextKeyMarker"),
                "version-id-marker": _text(answer, "NextVersionIdMarker"),
            }

    def delete(self, version: Version) -> None:
        self._ask("DELETE", version.key, {"versionId": version.id} if version.id else {})

    def locked_until(self, version: Version) -> str | None:
        """In the store's words; none if that cannot be told."""
        try:
            answer = self._answer("HEAD", version.key, {"versionId": version.id})
        except StoreAway:
            return None
        return answer.headers.get("x-amz-object-lock-retain-until-date")

    def lock(self, key: str, mode: str, until: datetime) -> None:
        """Nobody deletes that object before."""
        body = (
            f'<Retention xmlns="{XMLNS}"><Mode>{mode}</Mode>'
            f"<RetainUntilDate>{until.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}</RetainUntilDate>"
            "</Retention>"
        ).encode()
        self._ask("PUT", key, {"retention": ""}, body)

    def abort_uploads(self, prefix: str) -> int:
        """Parts of uploads that were broken off take room that no listing shows; how many."""
        answer = _parsed(self._ask("GET", "", {"uploads": "", "prefix": prefix}))
        uploads = [each for each in answer if _name(each) == "Upload"]
        for each in uploads:
            self._ask("DELETE", _text(each, "Key"), {"uploadId": _text(each, "UploadId")})
        return len(uploads)

    def _ask(self, method: str, key: str, query: Mapping[str, str], body: bytes = b"") -> bytes:
        return self._answer(method, key, query, body).content

    def _answer(self, method: str, key: str, query: Mapping[str, str], body: bytes = b"") -> Answer:
        path = quote(f"{self._url.path.rstrip('/')}/{self._bucket}", f"/{UNRESERVED}")
        if key:
            path += "/" + quote(key, f"/{UNRESERVED}")
        request = Request(
            method, self._url.netloc, path, query, _checksums(body), body, self._region
        )
        headers = authorization(request, self._credentials(), datetime.now(UTC))
        target = f"{path}?{encoded(query)}" if query else path
        connection = self._connection()
        try:
            connection.request(method, target, body or None, headers)
            response = connection.getresponse()
            answer = Answer(response.read(MAX_ANSWER_BYTES), response.headers)
        except (OSError, HTTPException) as error:
            raise StoreAway(
                f"The object store at {self._url.netloc} does not answer: "
                f"{getattr(error, 'strerror', None) or type(error).__name__}."
            ) from None
        finally:
            connection.close()
        if response.status >= 300:
            raise Refused(response.status, _code(answer.content))
        return answer

    def _connection(self) -> HTTPConnection:
        if self._url.scheme == "http":
            return HTTPConnection(self._url.netloc, timeout=ANSWER_SECONDS)
        return HTTPSConnection(self._url.netloc, timeout=ANSWER_SECONDS, context=self._context)


def _checksums(body: bytes) -> dict[str, str]:
    """S3 takes nothing about locks without one; older stores know MD5 alone."""
    if not body:
        return {}
    md5 = hashlib.md5(body, usedforsecurity=False).digest()
    return {
        "content-md5": base64.b64encode(md5).decode(),
        "x-amz-checksum-sha256": base64.b64encode(hashlib.sha256(body).digest()).decode(),
    }


def _parsed(answer: bytes) -> ElementTree.Element:
    try:
        return ElementTree.fromstring(answer)  # noqa: S314 - of the operator's own store
    except ElementTree.ParseError:
        raise StoreAway("The object store does not answer as S3 does.") from None


def _code(answer: bytes) -> str:
    try:
        return _text(_parsed(answer), "Code")
    except StoreAway:
        return ""


def _name(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def _text(element: ElementTree.Element, name: str) -> str:
    return next((each.text or "" for each in element if _name(each) == name), "")
