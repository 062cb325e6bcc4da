"""What stands between this server and an object store, in a sentence that may be logged.

What obstore raises has whole requests and answers in its text.
"""

import re

from obstore.exceptions import PermissionDeniedError, UnauthenticatedError

from storage.errors import StoreAway
from storage.vault.objects.settings import BucketSettings

ADVICE = {
    "NoSuchBucket": "there is no such bucket; make it, or correct objects.bucket",
    "AccessDenied": "it refuses what these credentials ask for; OPERATIONS.md lists what they need",
    "InvalidAccessKeyId": "it does not know the access key; correct the credentials",
    "SignatureDoesNotMatch": "the secret key is not the one of the access key, or objects.region "
    "is not its region; correct them",
    "AuthorizationHeaderMalformed": "objects.region is not the region of the bucket",
    "PermanentRedirect": "objects.region is not the region of the bucket",
    "ExpiredToken": "the credentials have expired",
    "InvalidToken": "the credentials have expired",
    "RequestTimeTooSkewed": "the clock of this machine is wrong, or that of the store",
    "SlowDown": "it asks for patience",
}
TROUBLE = {
    "UnknownIssuer": "its certificate is signed by nobody whom this machine trusts: name the CA's "
    "certificate in objects.ca_file",
    "invalid peer certificate": "its certificate is not valid for this name or time",
    "kind: Timeout": "it does not answer in time",
    "kind: Connect": "it cannot be reached; check objects.endpoint and the network",
    "dns error": "its name cannot be resolved; check objects.endpoint",
}


def told(error: Exception, settings: BucketSettings) -> StoreAway:
    """What obstore raises, in a sentence that may be logged: its own text has requests in it."""
    text = str(error)
    if isinstance(error, StoreAway):
        return error
    found = code(text)
    advice = ADVICE.get(found)
    if advice is None and isinstance(error, PermissionDeniedError | UnauthenticatedError):
        advice = ADVICE["AccessDenied"]
    advice = advice or next((words for mark, words in TROUBLE.items() if mark in text), None)
    if advice is None:
        status = re.search(r"status code: (\d{3})", text)
        advice = f"it answers {status[1]} {found}".strip() if status else "a request has failed"
    return StoreAway(f"{settings}: {advice}.")


def code(text: str) -> str:
    found = re.search(r"<Code>(\w+)</Code>", text)
    return found[1] if found else ""
