"""Questionnaires as the platform and patients send them and providers read them, on both databases:
by JSON, by FHIR R4, and pulled from the platform.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from fhir.resources.R4B.questionnaireresponse import QuestionnaireResponse
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from signaling import config
from signaling.clinical.intake import platform
from signaling.clinical.intake.instruments import catalogue
from storage.models import ClinicalKey, IntakeResponse, IntakeSession
from storage.people import care_relations
from tests.signaling.conftest import TELEMEDICINE, Site, configuration, open_site
from tests.signaling.identity.test_api_auth import SECRET, token
from tests.signaling.manual_clock import START
from tests.signaling.people.asking import ask
from tests.signaling.test_outsiders import headers
from tests.support.platform import AUDIENCE, ISSUER
from tests.support.stored import events_since_start

INTAKE = f"{TELEMEDICINE}/patients/patient/intake"
FHIR = f"{TELEMEDICINE}/fhir/QuestionnaireResponse"
PHQ: dict[str, Any] = {
    "questionnaire": "PHQ-9",
    "answers": [{"item": f"{at}", "value": 1} for at in range(1, 10)],
}
GIVEN = {"external_id": "w-1", "completed_at": START.isoformat(), "responses": [PHQ]}
LOINC = [item.loinc for item in catalogue()["PHQ-9"].items if not item.optional]
RESOURCE: dict[str, Any] = {
    "resourceType": "QuestionnaireResponse",
    "id": "q-1",
    "status": "completed",
    "questionnaire": "http://loinc.org/q/44249-1",
    "subject": {"reference": "Patient/patient"},
    "authored": START.isoformat(),
    "item": [
        {
            "linkId": f"/{code}",
            "text": "How often?",
            "answer": [
                {
                    "valueCoding": {
                        "system": "http://loinc.org",
                        "code": "LA6570-1",
                        "display": "More than half the days",
                    }
                }
            ],
        }
        for code in LOINC
    ],
}


def of_site(tmp_path: Path, database_url: str, **sections: config.Section) -> config.Config:
    storage = config.Storage(data_path=tmp_path / "data", database_url=database_url)
    return configuration(tmp_path, storage=storage, **sections)


@pytest.fixture
async def site(tmp_path: Path, database_url: str) -> AsyncIterator[Site]:
    async with open_site(of_site(tmp_path, database_url)) as site:
        for role in ("patient", "provider", "admin"):
            await site.headers(role)
        yield site


async def give(site: Site, body: object, path: str = INTAKE) -> tuple[int, dict[str, Any]]:
    return await ask(site, "POST", path, await site.headers("admin"), body)


async def read(site: Site, path: str = INTAKE) -> dict[str, Any]:
    status, told = await ask(site, "GET", path, await site.headers("provider"))
    assert status == 200, told
    return told


async def test_what_the_platform_sends_is_read_with_score_band_and_what_is_flagged(
    site: Site,
) -> None:
    unknown = {
        "questionnaire": "Sleep diary",
        "answers": [{"item": "bed", "value": "23:30", "question": "When did you go to bed?"}],
    }
    status, told = await give(site, {**GIVEN, "responses": [PHQ, unknown]})
    assert (status, told["added"]) == (200, True)
    assert [(one["questionnaire"], one["scored"]) for one in told["responses"]] == [
        ("PHQ-9", True),
        ("Sleep diary", False),
    ]
    history = await read(site)
    [intake] = history["intakes"]
    assert (intake["external_id"], intake["source"], intake["state"]) == (
        "w-1",
        "platform",
        "readable",
    )
    phq, diary = intake["responses"]
    assert (phq["total"], phq["band"], phq["severity"]) == (9, "mild", "low")
    assert [answer["item"] for answer in phq["answers"] if answer["flagged"]] == ["9"]
    flagged = phq["answers"][8]
    assert (flagged["label"], flagged["value"], flagged["words"]) == (
        "Thoughts of death or self-harm",
        1,
        "Several days",
    )
    assert (diary["known"], diary["total"], diary["answers"][0]["value"]) == (False, None, "23:30")
    [scale] = history["questionnaires"]
    assert (scale["name"], scale["highest"], len(scale["bands"])) == ("PHQ-9", 27, 5)
    events = await events_since_start(site.services.database)
    assert [(event.action, event.subject and event.subject.id) for event in events[-2:]] == [
        ("intake.received", "patient"),
        ("intake.viewed", "patient"),
    ]
    assert "PHQ" not in str([event.detail for event in events]), "not even what was asked"


async def test_nothing_of_it_can_be_read_in_the_database_and_nothing_without_its_key(
    site: Site,
) -> None:
    diary = {"questionnaire": "Secret diary", "answers": [{"item": "1", "value": "Slept badly."}]}
    await give(site, {**GIVEN, "responses": [diary, PHQ]})
    async with site.services.database.transaction() as tx:
        rows = [await tx.get(IntakeResponse, row_id) for row_id in await _ids(tx)]
        assert len(rows) == 2
        for row in rows:
            assert row is not None
            assert b"diary" not in row.sealed
            assert b"Slept" not in row.sealed
            assert b"PHQ" not in row.sealed
        assert rows[0] is not None
        rows[0].sealed = rows[0].sealed[:-1] + bytes([rows[0].sealed[-1] ^ 1])
        lost = rows[0].position
    [intake] = (await read(site))["intakes"]
    assert intake["state"] == "damaged"
    names = ["PHQ-9"] if lost == 0 else ["Secret diary"]
    assert [one["questionnaire"] for one in intake["responses"]] == names, "the others are read"
    async with site.services.database.transaction() as tx:
        key = await tx.get_one(ClinicalKey, intake["intake_id"])
        await site.services.records.erase(tx, key, None)
    [intake] = (await read(site))["intakes"]
    assert (intake["state"], intake["responses"]) == ("erased", [])
    status, told = await give(site, {**GIVEN, "responses": [diary, PHQ]})
    assert (status, told["code"]) == (409, "clinical_text_erased"), "and stays erased"


async def _ids(tx: AsyncSession) -> list[str]:
    return list(await tx.scalars(select(IntakeResponse.id).order_by(IntakeResponse.position)))


async def _damage(site: Site, external_id: str) -> None:
    """Its answers are not as they were written any more."""
    async with site.services.database.transaction() as tx:
        query = select(IntakeResponse).join(
            IntakeSession, IntakeSession.id == IntakeResponse.intake_id
        )
        for row in await tx.scalars(query.where(IntakeSession.external_id == external_id)):
            row.sealed = row.sealed[:-1] + bytes([row.sealed[-1] ^ 1])


async def _lock(site: Site, external_id: str) -> None:
    """No key that the server has opens it."""
    async with site.services.database.transaction() as tx:
        query = select(ClinicalKey).join(IntakeSession, IntakeSession.id == ClinicalKey.id)
        for key in await tx.scalars(query.where(IntakeSession.external_id == external_id)):
            assert key.wrapped_key is not None
            key.wrapped_key = key.wrapped_key[:-1] + bytes([key.wrapped_key[-1] ^ 1])


async def test_one_that_no_key_opens_is_named_and_the_others_are_read(site: Site) -> None:
    for external_id in ("w-1", "w-2"):
        await give(site, {**GIVEN, "external_id": external_id})
    await _lock(site, "w-1")
    found = {one["external_id"]: one for one in (await read(site))["intakes"]}
    assert (found["w-1"]["state"], found["w-1"]["responses"]) == ("locked", [])
    assert (found["w-2"]["state"], found["w-2"]["responses"][0]["total"]) == ("readable", 9)


async def test_what_is_sent_again_is_there_once_and_other_answers_are_refused(site: Site) -> None:
    told = await asyncio.gather(*(give(site, GIVEN) for _ in range(4)))
    assert [status for status, _ in told] == [200] * 4
    assert sorted(one["added"] for _, one in told) == [False, False, False, True]
    assert len({one["intake_id"] for _, one in told}) == 1
    changed = {**GIVEN, "responses": [{**PHQ, "answers": PHQ["answers"][:4]}]}
    status, problem = await give(site, changed)
    assert (status, problem["code"]) == (409, "intake_changed")
    assert "w-1" in problem["detail"]
    later = (START + timedelta(minutes=1)).isoformat()
    status, _ = await give(site, {**changed, "external_id": "w-2", "completed_at": later})
    assert status == 200
    history = await read(site)
    assert [one["external_id"] for one in history["intakes"]] == ["w-2", "w-1"]
    short = history["intakes"][0]["responses"][0]
    assert (short["total"], short["faults"][0]) == (None, {"item": "5", "reason": "missing"})


async def test_patients_send_and_read_their_own_and_nobody_elses(site: Site) -> None:
    own, other = await site.headers("patient"), await headers(site, "other", "patient")
    assert (await ask(site, "POST", INTAKE, own, GIVEN))[0] == 200
    status, history = await ask(site, "GET", INTAKE, own)
    assert (status, history["intakes"][0]["source"]) == (200, "patient")
    for method, body in (("GET", None), ("POST", GIVEN)):
        told = [
            await ask(site, method, f"{TELEMEDICINE}/patients/{whom}/intake", other, body)
            for whom in ("patient", "never-was", "provider")
        ]
        assert [(status, problem["code"]) for status, problem in told] == [
            (404, "unknown_patient")
        ] * 3
    for role in ("admin", "compliance", "ops"):
        status, problem = await ask(site, "GET", INTAKE, await headers(site, f"a-{role}", role))
        assert (status, problem["code"]) == (403, "forbidden")


async def test_only_who_cares_for_a_patient_reads_it_where_providers_know_their_own_only(
    tmp_path: Path, database_url: str
) -> None:
    practice = config.Practice(provider_scope="own")
    async with open_site(of_site(tmp_path, database_url, practice=practice)) as site:
        for role in ("patient", "provider", "admin"):
            await site.headers(role)
        await give(site, GIVEN)
        provider = await site.headers("provider")
        assert (await ask(site, "GET", INTAKE, provider))[0] == 404
        async with site.services.database.transaction() as tx:
            await care_relations.add(tx, "provider", "patient", now=site.clock.now())
        assert (await ask(site, "GET", INTAKE, provider))[0] == 200


async def test_it_is_linked_to_a_call_and_an_appointment_of_that_patient_only(site: Site) -> None:
    provider = await site.headers("provider")
    meeting = {
        "patient_id": "patient",
        "starts_at": (START + timedelta(days=1)).isoformat(),
        "minutes": 50,
        "time_zone": "UTC",
    }
    _, booked = await ask(site, "POST", f"{TELEMEDICINE}/appointments", provider, meeting)
    call = {"patient_id": "patient", "recording_enabled": False}
    _, rung = await ask(site, "POST", f"{TELEMEDICINE}/call/initiate", provider, call)
    links = {"room_id": rung["room_id"], "appointment_id": booked["appointment_id"]}
    assert (await give(site, {**GIVEN, **links}))[0] == 200
    [intake] = (await read(site))["intakes"]
    assert {name: intake[name] for name in links} == links
    await headers(site, "other", "patient")
    elsewhere = f"{TELEMEDICINE}/patients/other/intake"
    for name, code in (("room_id", "unknown_room"), ("appointment_id", "unknown_appointment")):
        for value in (links[name], "0123456789abcdef0123456789abcdef"):
            status, problem = await give(site, {**GIVEN, name: value}, elsewhere)
            assert (status, problem["code"]) == (404, code)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"responses": []}, "responses"),
        ({"responses": [{"questionnaire": "", "answers": []}]}, "responses[0].questionnaire"),
        ({"responses": [{**PHQ, "answers": [{"item": "1"}]}]}, "responses[0].answers[0]"),
        (
            {"responses": [{**PHQ, "answers": [{"item": "1", "value": [3]}]}]},
            "responses[0].answers[0].value",
        ),
        (
            {"responses": [{**PHQ, "answers": [{"item": "1", "value": "\0"}]}]},
            "responses[0].answers[0].value",
        ),
        (
            {"responses": [{**PHQ, "answers": [{"item": "1", "value": 10**400}]}]},
            "responses[0].answers[0].value",
        ),
        ({"completed_at": "2026-01-01T00:00:00"}, "completed_at"),
        ({"score": 12}, ""),
    ],
)
async def test_what_cannot_be_read_is_refused_by_the_field(
    site: Site, change: Mapping[str, Any], field: str
) -> None:
    status, problem = await give(site, {**GIVEN, **change})
    assert (status, problem["code"]) == (422, "invalid_body")
    assert problem["detail"].startswith(field)
    assert not (await read(site))["intakes"]


async def test_an_answer_of_the_future_is_refused_and_an_absurd_one_is_kept_and_named(
    site: Site,
) -> None:
    late = {**GIVEN, "completed_at": (START + timedelta(days=3)).isoformat()}
    status, problem = await give(site, late)
    assert (status, problem["code"]) == (422, "intake_time")
    absurd = {**PHQ, "answers": [*PHQ["answers"][:8], {"item": "9", "value": 99}]}
    status, told = await give(site, {**GIVEN, "responses": [absurd]})
    assert status == 200
    assert told["responses"][0]["faults"] == [{"item": "9", "reason": "not_possible"}]
    shown = (await read(site))["intakes"][0]["responses"][0]
    assert (shown["total"], shown["answers"][8]["value"], shown["answers"][8]["flagged"]) == (
        None,
        99,
        True,
    )


# --- FHIR R4


async def test_a_questionnaire_response_of_fhir_is_scored_by_its_codes(site: Site) -> None:
    QuestionnaireResponse.model_validate(RESOURCE)
    status, told = await give(site, RESOURCE, FHIR)
    assert (status, told["responses"][0]["questionnaire"]) == (200, "PHQ-9")
    assert (await give(site, RESOURCE, FHIR))[1]["added"] is False
    nested = {
        **RESOURCE,
        "id": "q-2",
        "identifier": {"value": "named"},
        "questionnaire": "http://platform.example/Questionnaire/mood-7",
        "item": [
            {
                "linkId": "group",
                "item": [
                    {"linkId": "a", "answer": [{"valueBoolean": True}, {"valueString": "often"}]},
                    {"linkId": "b", "answer": [{"valueQuantity": {"value": 7.5, "unit": "h"}}]},
                    {
                        "linkId": "c",
                        "answer": [{"valueDate": "2026-01-02", "item": [{"linkId": "c1"}]}],
                    },
                ],
            }
        ],
    }
    QuestionnaireResponse.model_validate(nested)
    assert (await give(site, nested, FHIR))[0] == 200
    other, phq = sorted(
        (one for one in (await read(site))["intakes"]), key=lambda one: str(one["external_id"])
    )
    assert (other["external_id"], phq["external_id"]) == ("named", "q-1")
    assert (phq["responses"][0]["total"], phq["responses"][0]["band"]) == (18, "moderately_severe")
    answer = phq["responses"][0]["answers"][0]
    assert (answer["item"], answer["question"], answer["words"]) == (
        "1",
        "How often?",
        "More than half the days",
    )
    shown = [(one["item"], one["value"], one["words"]) for one in other["responses"][0]["answers"]]
    assert shown == [
        ("a", True, None),
        ("a", "often", None),
        ("b", 7.5, "h"),
        ("c", "2026-01-02", None),
    ]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"status": "in-progress"}, "status"),
        ({"status": "entered-in-error"}, "status"),
        ({"authored": None}, "authored"),
        ({"authored": "2026-01-01T00:00:00"}, "authored"),
        ({"subject": {"reference": "Group/1"}}, "patient"),
        ({"id": None}, "identifier"),
        ({"implicitRules": "http://example.org/rules"}, "modified"),
        ({"modifierExtension": [{"url": "http://example.org/not"}]}, "modified"),
        ({"id": "x" * 200}, "values"),
        ({"item": [{"linkId": "1", "answer": [{"valueInteger": 10**400}]}]}, "values"),
        ({"item": [{"linkId": "1", "answer": [{"valueAttachment": {}}]}]}, "answer"),
    ],
)
async def test_a_resource_that_cannot_be_used_is_refused_with_its_reason(
    site: Site, change: Mapping[str, Any], reason: str
) -> None:
    status, problem = await give(site, {**RESOURCE, **change}, FHIR)
    assert (status, problem["code"], problem["reason"]) == (
        422,
        "fhir_questionnaire_response",
        reason,
    )


# --- pulled


@asynccontextmanager
async def a_platform(answer: web.StreamResponse | None, seen: list[str]) -> AsyncIterator[str]:
    """One that keeps what it was asked with; without an answer it never gives one."""
    stopping = asyncio.Event()

    async def handle(request: web.Request) -> web.StreamResponse:
        seen.append(f"{request.path_qs} {request.headers['Authorization']}")
        if answer is None:
            await stopping.wait()
        return answer or web.Response()

    app = web.Application()
    app.router.add_get("/{anything:.*}", handle)
    async with TestServer(app) as server:
        yield str(server.make_url("/intake")) + "?of={patient_id}"
        stopping.set()


@asynccontextmanager
async def pulling(
    tmp_path: Path, answer: web.StreamResponse | None, seen: list[str]
) -> AsyncIterator[tuple[Site, dict[str, str]]]:
    jwt = config.Jwt(secret=SECRET, issuer=ISSUER, audience=AUDIENCE)
    async with (
        a_platform(answer, seen) as url,
        open_site(configuration(tmp_path, jwt=jwt, intake=config.Intake(url=url))) as site,
    ):
        await site.headers("patient")
        bearer = {"Authorization": f"Bearer {token(sub='dr', role='provider')}"}
        yield site, bearer


async def test_a_provider_pulls_what_the_platform_has_with_their_own_token(tmp_path: Path) -> None:
    seen: list[str] = []
    broken = {"external_id": "w-9", "completed_at": "yesterday", "responses": []}
    entries = [
        {"resource": {**RESOURCE, "id": "q-2"}},
        {"resource": {**RESOURCE, "id": "q-3", "subject": {"reference": "Patient/other"}}},
    ]
    answer = {"resourceType": "Bundle", "entry": entries, "intakes": [GIVEN, broken]}
    async with pulling(tmp_path, web.json_response(answer), seen) as (site, bearer):
        assert (await ask(site, "GET", INTAKE, bearer))[1]["can_pull"] is True
        status, told = await ask(site, "POST", f"{INTAKE}/pull", bearer)
        assert (status, told["added"], told["known"]) == (200, 2, 0)
        assert [(one["external_id"], one["code"], one["reason"]) for one in told["refused"]] == [
            ("w-9", "invalid_body", "field"),
            ("q-3", "fhir_questionnaire_response", "other_patient"),
        ]
        assert seen == [f"/intake?of=patient {bearer['Authorization']}"]
        _, history = await ask(site, "GET", INTAKE, bearer)
        assert {(one["external_id"], one["source"]) for one in history["intakes"]} == {
            ("w-1", "pulled"),
            ("q-2", "pulled"),
        }
        by_cookie = await site.headers("provider")
        status, problem = await ask(site, "POST", f"{INTAKE}/pull", by_cookie)
        assert (status, problem["code"], problem["reason"]) == (
            409,
            "intake_not_pulled",
            "no_token",
        )


async def test_what_cannot_be_read_there_or_here_keeps_nothing_else_from_being_pulled(
    tmp_path: Path,
) -> None:
    others = [{**GIVEN, "external_id": external_id} for external_id in ("w-1", "w-2", "w-3")]
    entries = [*(json.dumps(one).encode() for one in others), b'{"id": "\xff"}', b'{"id": [1]}']
    answer = web.Response(body=b'{"intakes": [' + b", ".join(entries) + b"]}")
    async with pulling(tmp_path, answer, []) as (site, bearer):
        for one in others[:2]:
            await give(site, one)
        await _damage(site, "w-1")
        await _lock(site, "w-2")
        status, told = await ask(site, "POST", f"{INTAKE}/pull", bearer)
        assert (status, told["added"], told["known"]) == (200, 1, 0)
        assert [(one["external_id"], one["code"], one["reason"]) for one in told["refused"]] == [
            ("w-1", "clinical_text_damaged", None),
            ("w-2", "clinical_text_unavailable", "key_missing"),
            ("#4", "invalid_body", "field"),
            ("#5", "invalid_body", "field"),
        ]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (web.Response(status=403), "refused"),
        (web.Response(status=404), "status"),
        (web.Response(status=302, headers={"Location": "http://localhost/"}), "status"),
        (web.Response(text="<html>"), "unreadable"),
        (web.Response(body=b"\xff"), "unreadable"),
        (web.json_response([1]), "unreadable"),
        (web.Response(body=b" " * (platform.MAX_BYTES + 1)), "too_large"),
        (None, "late"),
    ],
)
async def test_a_platform_that_does_not_answer_as_it_should_is_told_of(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    answer: web.StreamResponse | None,
    reason: str,
) -> None:
    monkeypatch.setattr(platform, "SECONDS", 0.2 if answer is None else 10.0)
    async with pulling(tmp_path, answer, []) as (site, bearer):
        status, problem = await ask(site, "POST", f"{INTAKE}/pull", bearer)
        assert (status, problem["code"], problem["reason"]) == (503, "intake_unavailable", reason)
        assert bearer["Authorization"] not in str(problem)


async def test_a_platform_that_is_not_there_and_one_that_is_not_named_are_told_of(
    tmp_path: Path,
) -> None:
    nowhere = config.Intake(url="http://127.0.0.1:9/{patient_id}")
    jwt = config.Jwt(secret=SECRET, issuer=ISSUER, audience=AUDIENCE)
    bearer = {"Authorization": f"Bearer {token(sub='dr', role='provider')}"}
    expected = (("intake_unavailable", "away"), ("intake_not_pulled", "not_configured"))
    for section, (code, reason) in zip((nowhere, config.Intake()), expected, strict=True):
        async with open_site(configuration(tmp_path, jwt=jwt, intake=section)) as site:
            await site.headers("patient")
            _, problem = await ask(site, "POST", f"{INTAKE}/pull", bearer)
            assert (problem["code"], problem["reason"]) == (code, reason)
