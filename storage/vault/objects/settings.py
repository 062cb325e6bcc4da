"""Which bucket holds the recordings, and how it is spoken to."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal


@dataclass(frozen=True)
class Lock:
    """For how long the store refuses to delete an object, whoever asks."""

    mode: Literal["governance", "compliance"]
    days: int


@dataclass(frozen=True)
class BucketSettings:
    """Where a bucket is. Without an endpoint it is at AWS, in that region."""

    bucket: str
    endpoint: str = ""
    region: str = "us-east-1"
    prefix: str = ""
    credentials_file: Path | None = None
    ca_file: Path | None = None
    lock: Lock | None = None

    @property
    def url(self) -> str:
        return self.endpoint.rstrip("/") or f"https://s3.{self.region}.amazonaws.com"

    def __str__(self) -> str:
        return f"the bucket {self.bucket} at {self.url}"
