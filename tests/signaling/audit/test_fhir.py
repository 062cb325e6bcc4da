"""Rows as FHIR resources, which an independent model of FHIR takes."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, get_args

import pytest
from fhir.resources.R4B.auditevent import AuditEvent as Resource

from signaling.audit import fhir
from signaling.audit.fhir import Source
from storage.audit import AuditEntry, AuditEvent, Detail, Subject
from storage.audit.listing import Listed, NamedCall
from storage.words import AuditAction

AT = datetime(2026, 3, 2, 9, 0, 0, 123456, UTC)
SOURCE = Source(
    "Practice at the Park", "carelay/audit/0123456789abcdef", "https://video.example.org"
)
CALL = NamedCall("room", AT, "patient", "Alex Morgan", "Dr. Elena Rivera")


def listed(action: AuditAction, *, whole: bool = True, detail: Detail | None = None) -> Listed:
    event = AuditEvent(
        action,
        AT,
        actor_id="c0de" if whole else None,
        actor_name="Robin Park" if whole else None,
        actor_role="compliance" if whole else None,
        subject=Subject("recording", "77aa") if whole else None,
        session_id="5e55" if whole else None,
        recording_id="77aa" if whole else None,
        address="192.0.2.7" if whole else None,
        detail=detail or {},
    )
    return Listed(AuditEntry(41, event), 40, b"leaf", CALL if whole else None, None)


def resource(found: Listed) -> dict[str, Any]:
    made = fhir.resource(found, SOURCE)
    Resource.model_validate(made)
    return made


@pytest.mark.parametrize("action", get_args(AuditAction))
def test_every_event_is_a_resource_with_all_that_is_known_and_with_nothing(
    action: AuditAction,
) -> None:
    detail: Detail = {"reason": "why", "count": 3, "real": True, "empty": "", "none": None}
    assert resource(listed(action, detail=detail))["subtype"][-1]["code"] == action
    resource(listed(action, whole=False))


BALP = "https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit."
READ_FROM = "110153", "https://video.example.org", "5"
READ_TO = "110152", "192.0.2.7", "2"


def networks(made: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Of the agents that have one, by what they are."""
    return [
        (agent["type"]["coding"][0]["code"], *agent["network"].values())
        for agent in made["agent"]
        if "network" in agent
    ]


def test_reading_is_as_in_the_pattern_for_it() -> None:
    made = resource(listed("recording.played", detail={"reason": "A bill", "purpose": "HOPERAT"}))
    assert made["meta"]["profile"] == [BALP + "PatientRead"]
    assert (made["type"]["code"], made["subtype"][0]["code"]) == ("rest", "read")
    assert (made["action"], made["outcome"], made["id"]) == ("R", "0", "row-41")
    assert made["recorded"] == "2026-03-02T09:00:00.123456+00:00"
    assert made["source"]["site"] == SOURCE.practice
    assert networks(made) == [READ_TO, READ_FROM]
    user, client, server = made["agent"]
    assert user["type"]["coding"][0]["code"] == "IRCP"
    assert (user["name"], user["requestor"]) == ("Robin Park", True)
    assert not client["requestor"]
    assert server["who"] == made["source"]["observer"] == {"display": SOURCE.log}
    patient, data = made["entity"]
    assert patient["what"]["identifier"]["value"] == "patient"
    assert (patient["type"]["code"], patient["role"]["code"]) == ("1", "1")
    assert data["what"]["identifier"]["value"] == "77aa"
    assert (data["type"]["code"], data["role"]["code"]) == ("2", "4")
    assert {"type": "log_index", "valueString": "40"} in data["detail"]
    (why,) = made["purposeOfEvent"]
    assert (why["coding"][0]["code"], why["text"]) == ("HOPERAT", "A bill")


def test_a_disclosure_is_as_in_the_pattern_for_it() -> None:
    made = resource(listed("recording.exported", detail={"reason": "A complaint"}))
    assert made["meta"]["profile"] == [BALP + "PrivacyDisclosure.Source"]
    assert (made["type"]["code"], made["subtype"][0]["code"]) == ("110106", "disclose")
    assert made["action"] == "R"
    assert networks(made) == [READ_TO, READ_FROM]
    recipient, source = made["agent"]
    assert (recipient["who"]["identifier"]["value"], recipient["name"]) == ("c0de", "Robin Park")
    assert source["who"] == made["source"]["observer"]
    assert [entity["type"]["code"] for entity in made["entity"]] == ["1", "2"]
    assert made["purposeOfEvent"] == [{"text": "A complaint"}]


def test_a_patients_record_names_the_patient() -> None:
    event = replace(listed("patient.viewed").entry.event, subject=Subject("user", "al3x"))
    made = resource(Listed(AuditEntry(41, event), 40, b"leaf", None, "Alex Morgan"))
    assert made["meta"]["profile"] == [BALP + "PatientRead"]
    patient, data = made["entity"]
    assert patient["what"]["identifier"]["value"] == data["what"]["identifier"]["value"] == "al3x"
    assert patient["what"]["display"] == "Alex Morgan"


LACKING: dict[str, Callable[[AuditEvent], AuditEvent]] = {
    "who": lambda event: replace(event, actor_id=None),
    "from where": lambda event: replace(event, address=None),
    "what": lambda event: replace(event, subject=None),
}


@pytest.mark.parametrize("lacks", LACKING)
def test_a_row_that_lacks_what_a_pattern_asks_for_claims_none(lacks: str) -> None:
    event = LACKING[lacks](listed("recording.exported").entry.event)
    assert "meta" not in resource(Listed(AuditEntry(41, event), 40, b"leaf", CALL, None))


def test_a_server_without_a_public_address_is_a_machine() -> None:
    made = fhir.resource(listed("recording.played"), replace(SOURCE, server="clinic-1"))
    assert made["agent"][2]["network"] == {"address": "clinic-1", "type": "1"}


@pytest.mark.parametrize(
    ("action", "told"),
    [
        ("user.signed_in", ("110114", "110122", "E", "0")),
        ("user.sign_in_failed", ("110114", "110122", "E", "4")),
        ("recording.downloaded", ("110106", "disclose", "R", "0")),
        ("recording.streamed", ("rest", "read", "R", "0")),
        ("recording.denied", ("110113", "110132", "E", "4")),
        ("consent.given", ("110110", "consent.given", "C", "0")),
        ("recording.erased", ("110110", "recording.erased", "D", "0")),
        ("recording.failed", ("110110", "recording.failed", "E", "8")),
        ("audit.read", ("110101", "audit.read", "R", "0")),
    ],
)
def test_kinds_are_called_as_in_dicom(action: AuditAction, told: tuple[str, str, str, str]) -> None:
    made = resource(listed(action))
    kinds = made["type"]["code"], made["subtype"][0]["code"]
    assert (*kinds, made["action"], made["outcome"]) == told


def test_the_code_of_a_refusal_is_no_purpose() -> None:
    assert "purposeOfEvent" not in resource(listed("access.denied", detail={"reason": "role"}))
