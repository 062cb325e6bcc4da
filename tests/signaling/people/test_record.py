"""What can be on record of a patient, and what cannot."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from signaling.kernel.errors import Invalid
from signaling.people import rule
from signaling.people.resources import EmergencyContact, PutPatient
from storage.people.patients import Contact

NOW = datetime(2026, 3, 2, 11, tzinfo=UTC)
WHOLE = PutPatient(
    name="  مريم بنت عبد الرحمن  ",
    pronouns="she/her",
    birth_date=date(2008, 2, 29),
    language="ar-EG",
    time_zone="Africa/Cairo",
    phone="+20223456789",
    email="maryam@example.org",
    contact=EmergencyContact(name="Abd", phone="+201", relationship="father"),
    address=["12 Nile Street", "Cairo"],
)


def test_a_record_is_taken_as_it_is_given() -> None:
    record = rule.record(WHOLE, NOW)
    assert record.name == "مريم بنت عبد الرحمن"
    assert record.contact == Contact("Abd", "+201", "father")
    assert (record.birth_date, record.time_zone) == (date(2008, 2, 29), "Africa/Cairo")
    assert rule.record(PutPatient(name="X"), NOW).birth_date is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "   "),
        ("birth_date", date(2026, 3, 4)),
        ("birth_date", date(1875, 1, 1)),
        ("language", "english, please"),
        ("time_zone", "Mars/Olympus"),
        ("time_zone", "../../etc/passwd"),
        ("phone", "0351 211 234 567"),
        ("phone", "+12345678901234567"),
        ("phone", "+१२३"),
        ("email", "somebody"),
        ("email", "a@b\n"),
        ("email", "a\0@b"),
        ("email", "family:sam@example.org;"),
        ("email", "sam@example.org]"),
        ("email", "(@[^%"),
        ("email", 'sam"@example.org'),
        ("email", "sam@-example.org"),
        ("contact", EmergencyContact(name="Ann", phone="112")),
    ],
)
def test_what_cannot_be_is_refused_by_its_name(field: str, value: Any) -> None:
    with pytest.raises(Invalid) as refused:
        rule.record(PutPatient(**{"name": "Ann", field: value}), NOW)
    assert (refused.value.code, refused.value.reason) == ("invalid_person", field)


def test_who_is_born_today_has_a_birthday_somewhere_on_earth_already() -> None:
    assert rule.record(PutPatient(name="Ann", birth_date=date(2026, 3, 3)), NOW).birth_date
