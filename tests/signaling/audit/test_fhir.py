"""Rows as FHIR resources, which an independent model of FHIR takes."""

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
SOURCE = Source("Practice at the Park", "carelay/audit/0123456789abcdef")
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


def test_access_tells_who_what_of_whom_and_why() -> None:
    made = resource(listed("recording.played", detail={"reason": "A complaint"}))
    assert (made["action"], made["outcome"], made["id"]) == ("R", "0", "row-41")
    assert made["recorded"] == "2026-03-02T09:00:00.123456+00:00"
    user, server = made["agent"]
    assert (user["name"], user["requestor"], user["network"]["address"]) == (
        "Robin Park",
        True,
        "192.0.2.7",
    )
    assert (server["who"]["display"], server["requestor"]) == (SOURCE.log, False)
    assert made["source"]["site"] == SOURCE.practice
    patient, data = made["entity"]
    assert patient["what"]["identifier"]["value"] == "patient"
    assert data["what"]["identifier"]["value"] == "77aa"
    assert {"type": "log_index", "valueString": "40"} in data["detail"]
    assert made["purposeOfEvent"] == [{"text": "A complaint"}]


@pytest.mark.parametrize(
    ("action", "told"),
    [
        ("user.signed_in", ("110114", "110122", "E", "0")),
        ("user.sign_in_failed", ("110114", "110122", "E", "4")),
        ("recording.downloaded", ("110106", "recording.downloaded", "R", "0")),
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
