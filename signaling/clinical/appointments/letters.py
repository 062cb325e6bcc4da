"""What letters about appointments say: when, with which practice, and nothing else. Pure, but for
reading the words once.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from functools import cache
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

from signaling import shipped
from signaling.clinical.appointments.calendars import Method

Text = Literal["booked", "series", "cancelled", "day_before", "soon"]
FALLBACK = "en"


class Words(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """One language."""

    summary: str
    when: str
    weekdays: list[str]
    months: list[str]
    at: str
    booked: dict[str, str]
    series: dict[str, str]
    cancelled: dict[str, str]
    day_before: dict[str, str]
    soon: dict[str, str]
    guest: dict[str, str]
    """The link of a guest, to an appointment; `guest_now`, into a call that runs."""
    guest_now: dict[str, str]


@dataclass(frozen=True)
class Reader:
    """Whom a letter is for."""

    address: str
    language: str | None
    time_zone: str


@dataclass(frozen=True)
class Practice:
    """Whom it is from."""

    name: str
    url: str
    """Of the pages; empty where nobody configured it."""


def words(language: str | None) -> Words:
    """The closest that there is: `pt-BR`, else `pt`, else English."""
    there, tag = _languages(), (language or FALLBACK).lower()
    return there.get(tag) or there.get(tag.partition("-")[0]) or there[FALLBACK]


def letter(
    text: Text, starts_at: datetime, reader: Reader, practice: Practice, message_id: str
) -> EmailMessage:
    """In the reader's language, and by the clock where they are."""
    said = words(reader.language)
    template: Mapping[str, str] = getattr(said, text)
    values = {"when": when(starts_at, reader.time_zone, said), "practice": practice.name}
    made = EmailMessage()
    made["To"] = reader.address
    made["Subject"] = template["subject"].format(**values)
    made["Message-ID"] = message_id
    made["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's holiday note answers it
    link = f"\n\n{said.at}\n{practice.url}" if practice.url and text != "cancelled" else ""
    made.set_content(f"{template['text'].format(**values)}{link}\n")
    return made


def attach(made: EmailMessage, calendar: bytes, method: Method) -> None:
    """As calendars expect it (RFC 6047 2.4)."""
    made.add_alternative(
        calendar.decode(), subtype="calendar", charset="utf-8", params={"method": method}
    )


def when(at: datetime, time_zone: str, said: Words) -> str:
    """A moment as people there say it."""
    there = at.astimezone(ZoneInfo(time_zone))
    return said.when.format(
        weekday=said.weekdays[there.weekday()],
        day=there.day,
        month=said.months[there.month - 1],
        year=there.year,
        time=f"{there:%H:%M}",
        zone=time_zone,
    )


@cache
def _languages() -> Mapping[str, Words]:
    files = sorted(shipped.letters_path().glob("*.toml"))
    return {
        file.stem.lower(): msgspec.convert(tomllib.loads(file.read_text("utf-8")), Words)
        for file in files
    }
