"""Requests are signed as AWS's own library signs them."""

from datetime import UTC, datetime

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as Botocore

from storage.vault.objects.credentials import Credentials
from storage.vault.objects.signed import Request, authorization, encoded


@pytest.mark.parametrize("token", [None, "a token"])
@pytest.mark.parametrize("body", [b"", b"<Retention/>"])
def test_the_signature_is_botocores(token: str | None, body: bytes) -> None:
    query = {"prefix": "a b/c+d&e=ü~", "versions": "", "key-marker": "x/y"}
    path = "/bucket/recording/part-1_2.part"
    request = Request(
        "GET", "s3.example.org:9000", path, query, {"content-md5": "abc="}, body, "eu"
    )
    ours = authorization(request, Credentials("AKID", "secret", token), datetime.now(UTC))
    theirs = AWSRequest(
        "GET",
        f"https://s3.example.org:9000{path}?{encoded(query)}",
        headers={"content-md5": "abc=", "x-amz-content-sha256": ours["x-amz-content-sha256"]},
        data=body,
    )
    theirs.context["timestamp"] = ours["x-amz-date"]
    if token:
        theirs.headers["x-amz-security-token"] = token
    theirs.headers["x-amz-date"] = ours["x-amz-date"]
    auth = SigV4Auth(Botocore("AKID", "secret", token), "s3", "eu")
    auth._should_sha256_sign_payload = lambda _request: True
    signed = auth.signature(auth.string_to_sign(theirs, auth.canonical_request(theirs)), theirs)
    assert ours["authorization"].endswith(f"Signature={signed}")
    assert "secret" not in repr(Credentials("AKID", "secret", token))
