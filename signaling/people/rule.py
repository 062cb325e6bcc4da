"""What can be on record of a patient. Pure."""

import re
from datetime import date, datetime, timedelta

from signaling.config.sections import LANGUAGE_TAG
from signaling.kernel.errors import Invalid
from signaling.kernel.time_zones import is_time_zone
from signaling.people.resources import EmergencyContact, PutPatient
from storage.people.patients import Contact, Record

_PHONE = re.compile(r"\+[1-9][0-9]{1,14}")  # E.164
_ATOM = r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_EMAIL = re.compile(rf"{_ATOM}@{_LABEL}(?:\.{_LABEL})*")
"""A valid e-mail address as HTML has it, one that no mail server reads as several or as none."""
AHEAD = timedelta(hours=14)
"""How much earlier than in UTC a day begins where it begins first."""
OLDEST_YEARS = 150


def record(asked: PutPatient, now: datetime) -> Record:
    """What was asked for, if it can be. Raises Invalid, which names what cannot."""
    if asked.birth_date is not None and not _is_possible(asked.birth_date, now):
        raise Invalid("invalid_person", reason="birth_date")
    if asked.language is not None and not re.fullmatch(LANGUAGE_TAG, asked.language):
        raise Invalid("invalid_person", reason="language")
    if asked.time_zone is not None and not is_time_zone(asked.time_zone):
        raise Invalid("invalid_person", reason="time_zone")
    return Record(
        name=name(asked.name),
        pronouns=asked.pronouns,
        birth_date=asked.birth_date,
        language=asked.language,
        time_zone=asked.time_zone,
        phone=phone(asked.phone),
        email=email(asked.email),
        contact=_contact(asked.contact),
        address=tuple(asked.address),
    )


def name(text: str) -> str:
    """Without space around it. Raises Invalid."""
    if not text.strip():
        raise Invalid("invalid_person", reason="name")
    return text.strip()


def email(address: str | None) -> str | None:
    """The same. Raises Invalid."""
    if address is not None and not _EMAIL.fullmatch(address):
        raise Invalid("invalid_person", reason="email")
    return address


def phone(number: str | None) -> str | None:
    """E.164. Raises Invalid."""
    if number is not None and not is_phone(number):
        raise Invalid("invalid_person", reason="phone")
    return number


def is_phone(number: str) -> bool:
    """Whether it is one as E.164 writes it."""
    return _PHONE.fullmatch(number) is not None


def _is_possible(born: date, now: datetime) -> bool:
    today = (now + AHEAD).date()
    return today.year - OLDEST_YEARS <= born.year and born <= today


def _contact(contact: EmergencyContact | None) -> Contact | None:
    if contact is None:
        return None
    if not is_phone(contact.phone):
        raise Invalid("invalid_person", reason="contact")
    return Contact(contact.name, contact.phone, contact.relationship)
