"""What a room takes and hands out that is no JSON: bytes, a piece at a time. http/ carries them."""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Content(ABC):
    """Something that its reader closes."""

    tag: str
    """Never that of other bytes."""
    media_type: str
    download_name: str | None
    """Save it under that name; none: show it in the page."""

    @property
    @abstractmethod
    def size(self) -> int:
        """Bytes."""

    @abstractmethod
    async def read(self, start: int, length: int) -> bytes:
        """That many bytes from there on; fewer only at the end. Raises Damaged, Unavailable,
        or TimeoutError.
        """

    @abstractmethod
    async def accessed(self, start: int, length: int) -> None:
        """That range was read, and is handed out once this returns. What is raised refuses it."""

    @abstractmethod
    def close(self) -> None:
        """It is read no more."""


@dataclass(frozen=True, kw_only=True)
class Stream(ABC):
    """What is made while it is sent, so that nobody knows how long it is."""

    media_type: str
    download_name: str

    @abstractmethod
    def pieces(self) -> AsyncIterator[bytes]:
        """In their order. What the first one raises is an error, what a later one raises breaks it
        off, so that it does not look whole.
        """


@dataclass(frozen=True, kw_only=True)
class Upload(ABC):
    """A file that is taken as it comes: never the whole of it in memory."""

    name: str
    """As its sender says."""
    length: int | None
    """Bytes, as its sender says; none: they do not."""

    @abstractmethod
    def pieces(self) -> AsyncIterator[bytes]:
        """In their order, once. Raises if they stay away, or break off."""


@dataclass(frozen=True, kw_only=True)
class Document(Content):
    """Something short, in memory. Who may have it, and what that leaves in the audit log, was
    settled when it was made.
    """

    data: bytes

    @property
    def size(self) -> int:
        return len(self.data)

    async def read(self, start: int, length: int) -> bytes:
        return self.data[start : start + length]

    async def accessed(self, start: int, length: int) -> None:
        """Nothing more is written down."""

    def close(self) -> None:
        """There is nothing to close."""
