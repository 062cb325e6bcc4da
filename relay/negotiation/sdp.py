"""A session description taken apart into lines, and nothing more (RFC 8866).

aiortc's parser asserts on malformed input and drops what the answer needs (extmap directions,
rtcp-rsize, bundle-only), so this one keeps every attribute as text; relay/negotiation/offer.py
gives them meaning.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

MAX_CHARACTERS = 64 * 1024
"""A Chromium offer with every codec and six m-lines is about 20 kB."""
MAX_LINES = 4000
MAX_SECTIONS = 32

_FORBIDDEN = re.compile(r"[^\n\r\x20-\x7e]")
_MEDIA_LINE = re.compile(
    r"m=([a-z]+) ([0-9]{1,5})(?:/[0-9]+)? ([A-Za-z0-9/]{1,32})((?: [A-Za-z0-9_.-]{1,32}){1,128})"
)
_ATTRIBUTE = re.compile(r"a=([A-Za-z0-9_-]+)(?::(.*))?")


class SdpError(ValueError):
    """The text is no session description; the message is one line
    and quotes nothing of the text.
    """


@dataclass
class Section:
    """The session part, or one media section (m-line and what follows it)."""

    kind: str = ""
    port: int = 0
    protocol: str = ""
    formats: tuple[str, ...] = ()
    attributes: dict[str, list[str]] = field(default_factory=dict)
    """Values by name, in the order of the text; the value of a flag such as `rtcp-mux` is empty."""

    def has(self, name: str) -> bool:
        """Whether the attribute occurs, with or without a value."""
        return name in self.attributes

    def first(self, name: str) -> str | None:
        """The value of the first such attribute."""
        return next(self.all(name), None)

    def all(self, name: str) -> Iterator[str]:
        """The values of every such attribute."""
        return iter(self.attributes.get(name, ()))


@dataclass
class Description:
    """A session description: attributes for all, then the media sections in order."""

    session: Section
    media: list[Section]

    def value(self, section: Section, name: str) -> str | None:
        """An attribute of a section that may also stand once for all (RFC 8866 5.13)."""
        value = section.first(name)
        return self.session.first(name) if value is None else value

    def values(self, section: Section, name: str) -> list[str]:
        """Like `value`, for an attribute that may be repeated."""
        return list(section.all(name)) or list(self.session.all(name))


def parse(text: str) -> Description:
    """Take an offer apart. Raises SdpError."""
    lines = _lines(text)
    session = Section()
    media: list[Section] = []
    for line in lines:
        if line.startswith("m="):
            media.append(_media_section(line, len(media)))
        elif match := _ATTRIBUTE.fullmatch(line):
            attributes = (media[-1] if media else session).attributes
            attributes.setdefault(match[1], []).append(match[2] or "")
    return Description(session, media)


def _lines(text: str) -> list[str]:
    if len(text) > MAX_CHARACTERS:
        raise SdpError(f"longer than {MAX_CHARACTERS} characters")
    if _FORBIDDEN.search(text):
        raise SdpError("contains characters that are not printable ASCII")
    lines = [line.rstrip("\r") for line in text.split("\n")]
    if len(lines) > MAX_LINES:
        raise SdpError(f"more than {MAX_LINES} lines")
    if any("\r" in line for line in lines):
        raise SdpError("a carriage return inside a line")
    if lines[0] != "v=0":
        raise SdpError("does not begin with v=0")
    return lines


def _media_section(line: str, index: int) -> Section:
    match = _MEDIA_LINE.fullmatch(line)
    if match is None:
        raise SdpError(f"m-line {index} is malformed")
    if index == MAX_SECTIONS:
        raise SdpError(f"more than {MAX_SECTIONS} m-lines")
    return Section(
        kind=match[1], port=int(match[2]), protocol=match[3], formats=tuple(match[4].split())
    )
