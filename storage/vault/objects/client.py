"""obstore, set up for one bucket: for somebody who waits, or for as long as an upload takes."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from obstore.exceptions import BaseError
from obstore.store import S3Store

from storage.errors import StoreAway
from storage.vault.objects.settings import BucketSettings

if TYPE_CHECKING:
    from obstore.store import ClientConfig, S3Credential

CONNECT_SECONDS = 3


@dataclass(frozen=True)
class Patience:
    """With one request, and with all attempts at it."""

    seconds: int
    retries: int
    giving_up: int


WRITING = Patience(seconds=120, retries=3, giving_up=60)
"""A piece takes 67 s at 1 Mbit/s. Whoever uploads tries again for as long as it takes."""
READING = Patience(seconds=6, retries=1, giving_up=3)
"""Somebody waits for it."""


def client(
    settings: BucketSettings,
    patience: Patience,
    credentials: "Callable[[], S3Credential] | None",
) -> S3Store:
    """Without credentials obstore asks the machine for them. Raises StoreAway."""
    ca = settings.ca_file
    options: ClientConfig = {
        "allow_http": settings.url.startswith("http://"),
        "connect_timeout": timedelta(seconds=CONNECT_SECONDS),
        "timeout": timedelta(seconds=patience.seconds),
    }
    try:
        if ca is not None:
            options["root_certificate"] = ca.read_bytes()
        return S3Store(
            settings.bucket,
            prefix=settings.prefix.strip("/") or None,
            config={
                "endpoint": settings.url,
                "region": settings.region,
                "checksum_algorithm": "SHA256",  # buckets with locks ask for one
                "disable_bulk_delete": True,
                "virtual_hosted_style_request": False,
            },
            client_options=options,
            retry_config={
                "max_retries": patience.retries,
                "retry_timeout": timedelta(seconds=patience.giving_up),
            },
            credential_provider=credentials,
        )
    except OSError as error:
        raise StoreAway(f"objects.ca_file: {ca} cannot be read: {error.strerror}.") from None
    except (BaseError, ValueError) as error:
        reason = str(error).partition("\n")[0]
        raise StoreAway(f"{settings} cannot be used: {reason}.") from None
