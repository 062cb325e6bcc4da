"""Compliance looks through the audit log, which the log tells."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from storage import audit
from storage.audit import AuditEvent, key, proof
from storage.audit.sequencer import Sequencer
from storage.database import Database
from storage.models import AuditLeaf, AuditRow
from storage.people import users
from tests.patience import PATIENCE
from tests.signaling.conftest import TELEMEDICINE, Site, configuration, open_site
from tests.signaling.manual_clock import START
from tests.storage.audit.logs import NOW, expire
from tests.support.platform import ISSUER
from tests.support.stored import events_since_start

AUDIT = f"{TELEMEDICINE}/audit"


@pytest.fixture
async def signed_site(tmp_path: Path) -> AsyncIterator[Site]:
    """One that has a key of the log."""
    config = configuration(tmp_path)
    key.create(config.audit_key_file)
    async with open_site(config) as site:
        yield site


async def ask(site: Site, path: str = "", **query: str) -> dict[str, Any]:
    headers = await site.headers("compliance")
    async with site.client.get(f"{AUDIT}{path}", params=query, headers=headers) as response:
        if not response.ok:
            return await site.problem(response)
        answer: dict[str, Any] = await response.json()
        return answer


async def write(site: Site, *numbers: int) -> None:
    async with site.services.database.transaction() as tx:
        for number in numbers:
            at = site.clock.now() + timedelta(seconds=number)
            event = AuditEvent("call.ended", at, actor_id="provider", detail={"number": number})
            await audit.append(tx, event)


async def reads(site: Site) -> list[dict[str, Any]]:
    events = await events_since_start(site.services.database)
    return [dict(event.detail) for event in events if event.action == "audit.read"]


async def test_a_page_shows_rows_with_what_they_tell_and_leads_to_the_next(site: Site) -> None:
    await write(site, *range(60))
    first = await ask(site, actor_id="provider")
    assert [entry["detail"]["number"] for entry in first["entries"]] == list(range(59, 9, -1))
    assert first["entries"][0]["outcome"] == "done"
    second = await ask(site, actor_id="provider", cursor=first["next_cursor"])
    assert [entry["detail"]["number"] for entry in second["entries"]] == list(range(9, -1, -1))
    assert second["next_cursor"] is None


async def test_looking_is_written_down_before_and_reading_on_adds_to_one_row(site: Site) -> None:
    await write(site, *range(160))
    await ask(site, "/status")
    await ask(site, "/people", name="x")
    assert await reads(site) == []
    query = {"actor_id": "provider", "group": "calls", "begin": "2020-01-01T01:00:00+01:00"}
    cursor: dict[str, str] = {}
    for _ in range(4):
        page = await ask(site, **query, **cursor)
        cursor = {"cursor": page["next_cursor"]} if page["next_cursor"] else {}
    asked = {**query, "begin": "2020-01-01T00:00:00+00:00"}
    assert await reads(site) == [{**asked, "rows": 50}]
    await ask(site, group="log")
    assert await reads(site) == [{**asked, "rows": 50}, {"group": "log", "rows": 2}]
    await site.clock.advance(61)
    async with asyncio.timeout(PATIENCE):
        while len(told := await reads(site)) < 3:  # noqa: ASYNC110 - of the database, as in until
            await asyncio.sleep(0.01)
    rest = told[-1]
    assert (rest["rows"], rest["count"]) == (50 + 50 + 10, 3)
    await ask(site, **query)
    assert len(await reads(site)) == 4, "a minute later it is another time"


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ({"begin": "yesterday"}, "begin"),
        ({"begin": "2026-01-01T00:00:00"}, "begin"),
        ({"begin": "2026-01-02T00:00:00Z", "end": "2026-01-02T00:00:00Z"}, "end"),
        ({"group": "everything"}, "group"),
        ({"outcome": "maybe"}, "outcome"),
        ({"actor_id": ""}, "actor_id"),
        ({"address": "a" * 65}, "address"),
        ({"room_id": "../x"}, "room_id"),
    ],
)
async def test_a_filter_that_is_none_is_named(
    site: Site, query: dict[str, str], parameter: str
) -> None:
    problem = await ask(site, **query)
    assert (problem["status"], problem["code"]) == (422, "invalid_parameter")
    assert problem["parameters"]["parameter"] == parameter


async def test_a_cursor_of_somebody_elses_making_is_refused(site: Site) -> None:
    assert (await ask(site, cursor="abc"))["code"] == "invalid_cursor"
    assert await reads(site) == []


@pytest.mark.parametrize("role", ["patient", "provider", "ops", "admin"])
async def test_nobody_else_reads_it_and_who_tries_is_in_it(site: Site, role: Any) -> None:
    headers = await site.headers(role)
    for path in ("", "/status", "/people?name=a", "/1/proof"):
        async with site.client.get(f"{AUDIT}{path}", headers=headers) as response:
            assert (response.status, (await site.problem(response))["code"]) == (403, "forbidden")
    [event, *_] = await events_since_start(site.services.database)
    assert (event.action, event.actor_id) == ("access.denied", role)


async def test_people_are_found_by_a_part_of_their_name_and_told_apart(site: Site) -> None:
    await site.headers("patient")
    await site.headers("provider")
    assert (await ask(site, "/people", name="OF PAT"))["people"] == [
        {
            "user_id": "patient",
            "name": "Name of patient",
            "role": "patient",
            "birth_date": None,
            "email": None,
        }
    ]
    async with site.services.database.transaction() as tx:
        await users.ensure(tx, ISSUER, "guest", role="guest", name="Pat Guest", now=NOW)
    found = (await ask(site, "/people", name="p"))["people"]
    assert {one["user_id"] for one in found} == {"compliance", "guest", "patient", "provider"}
    [provider] = (await ask(site, "/people", name="of p", role="provider"))["people"]
    assert provider["user_id"] == "provider"
    assert (await ask(site, "/people", name="%"))["people"] == []


async def test_a_row_is_proved_once_it_is_signed_and_that_is_written_down(
    signed_site: Site, tmp_path: Path
) -> None:
    site, config = signed_site, signed_site.services.config
    signer = key.load(config.audit_key_file)
    sequencer = Sequencer(site.services.database, signer, config.checkpoints_path)
    await sequencer.settle_key()
    await sequencer.step(site.clock.now(), sign=True)
    await write(site, 1)
    row = (await ask(site, group="calls"))["entries"][0]["id"]
    await sequencer.step(site.clock.now(), sign=True)
    headers = await site.headers("compliance")
    async with site.client.get(f"{AUDIT}/{row}/proof", headers=headers) as response:
        assert response.headers["Content-Disposition"].endswith(f'"row-{row}.tlog-proof"')
        said = proof.parse(await response.read())
    proof.verify(said, signer.verifier)
    assert b'"action":"call.ended"' in said.leaf
    [*_, event] = await events_since_start(site.services.database)
    assert (event.action, event.detail) == ("audit.exported", {"form": "proof", "row": row})
    assert (await ask(site, "/999999/proof"))["code"] == "unknown_audit_entry"
    assert (await ask(site, "/0/proof"))["code"] == "invalid_parameter"


async def test_without_a_key_nothing_is_proved(site: Site) -> None:
    await write(site, 1)
    assert (await ask(site, "/1/proof"))["code"] == "audit_key_missing"
    status = await ask(site, "/status")
    assert (status["log"], status["checkpoint"]) == (None, None)


async def test_what_has_expired_is_counted_and_not_proved(tmp_path: Path) -> None:
    config = configuration(tmp_path)
    key.create(config.audit_key_file)
    database = await Database.open(config.database_url)
    row = {"at": NOW.replace(year=2019), "action": "user.signed_in", "detail": "{}"}
    async with database.transaction() as tx:
        await tx.execute(insert(AuditRow), [row] * 520)
    await database.close()
    async with open_site(config) as site:
        async with asyncio.timeout(PATIENCE):
            while (await ask(site, "/status"))["waiting"]:  # noqa: ASYNC110 - as in until
                await asyncio.sleep(0.01)
        begins = (START + timedelta(days=30)).isoformat().replace("+00:00", "Z")
        kept = {"count": 6, "unit": "years", "begins_at": begins, "expired": 0, "expiring": 512}
        assert (await ask(site, "/status"))["retention"] == kept
        assert len(await expire(site.services.database)) == 512
        kept |= {"expired": 512, "expiring": 0}
        assert (await ask(site, "/status"))["retention"] == kept
        rows = (await ask(site, group="sign_in"))["entries"]
        assert {entry["index"] for entry in rows} == set(range(512, 520))
        assert (await ask(site, "/41/proof"))["code"] == "audit_entry_expired"


async def exported(site: Site, **query: str) -> list[bytes]:
    headers = await site.headers("compliance")
    url = f"{AUDIT}/export"
    async with site.client.get(url, params=query, headers=headers) as response:
        assert response.status == 200
        assert "attachment" in response.headers["Content-Disposition"]
        return (await response.read()).splitlines()


async def test_rows_of_a_question_are_exported_as_they_were_hashed_and_as_fhir(
    signed_site: Site,
) -> None:
    site = signed_site
    await write(site, *range(450))
    async with asyncio.timeout(PATIENCE):
        while (await ask(site, "/status"))["waiting"]:  # noqa: ASYNC110 - as in until
            await asyncio.sleep(0.01)
    lines = await exported(site, actor_id="provider", group="calls")
    details = [json.loads(json.loads(line)["detail"]) for line in lines]
    assert [detail["number"] for detail in details] == list(reversed(range(450)))
    async with site.services.database.reading() as tx:
        leaves = await tx.scalars(select(AuditLeaf.leaf))
        assert set(lines) <= set(leaves)
    resources = [json.loads(line) for line in await exported(site, group="calls", form="fhir")]
    assert len(resources) == 450
    assert {resource["resourceType"] for resource in resources} == {"AuditEvent"}
    assert resources[0]["source"]["observer"]["display"].startswith("carelay/audit/")
    events = await events_since_start(site.services.database)
    assert [dict(event.detail) for event in events if event.action == "audit.exported"] == [
        {"actor_id": "provider", "group": "calls", "form": "ndjson"},
        {"group": "calls", "form": "fhir"},
    ]


async def test_an_export_of_nothing_is_empty_and_a_bad_filter_is_none(site: Site) -> None:
    assert await exported(site, actor_id="nobody") == []
    assert (await ask(site, "/export", form="csv"))["code"] == "invalid_parameter"
    span = {"begin": "2026-01-02T00:00:00Z", "end": "2026-01-01T00:00:00Z"}
    assert (await ask(site, "/export", **span))["code"] == "invalid_parameter"
    headers = await site.headers("compliance")
    async with site.client.head(f"{AUDIT}/export", headers=headers) as response:
        assert response.status == 200
    assert len(await events_since_start(site.services.database)) == 2
