"""The library of recordings over HTTP: what it is asked for, refuses, and notes in the log."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest

from storage.calls import telemedicine_sessions
from storage.ids import new_id
from storage.recordings import recordings
from storage.words import RecordingState
from tests.signaling.conftest import TELEMEDICINE, Site
from tests.support.stored import events_since_start

LIBRARY = f"{TELEMEDICINE}/recordings"
Query = Mapping[str, str | list[str]]


async def add(
    site: Site, room_id: str, at: datetime, *, state: RecordingState, seconds: int
) -> None:
    async with site.services.database.transaction() as tx:
        session = await telemedicine_sessions.create(
            tx,
            patient_id="patient",
            provider_id="provider",
            room_id=room_id,
            recording_enabled=True,
            audio_only=False,
            now=at,
            invitation_expires_at=at,
        )
        session.call_status = "ended"
        row = await recordings.create(
            tx, new_id(), session_id=session.id, wrapped_key=b"w", key_id="0" * 16, now=at
        )
        row.state, row.duration_ms = state, seconds * 1000


async def add_three(site: Site) -> None:
    """A minute apart."""
    await site.headers("patient")
    await site.headers("provider")
    now = site.clock.now()
    await add(site, "first", now, state="complete", seconds=60)
    await add(site, "second", now + timedelta(minutes=1), state="torn", seconds=90)
    await add(site, "third", now + timedelta(minutes=2), state="complete", seconds=120)


async def ask(site: Site, query: Query) -> dict[str, Any]:
    headers = await site.headers("compliance")
    async with site.client.get(LIBRARY, params=query, headers=headers) as response:
        assert response.status == 200, await response.text()
        found: dict[str, Any] = await response.json()
        return found


async def test_filters_are_combined_and_a_state_is_given_several_times(site: Site) -> None:
    await add_three(site)
    second = (site.clock.now() + timedelta(minutes=1)).isoformat()

    async def rooms(query: Query) -> list[str]:
        return [found["room_id"] for found in (await ask(site, query))["recordings"]]

    assert await rooms({}) == ["third", "second", "first"]
    assert await rooms({"state": "torn"}) == ["second"]
    assert await rooms({"state": ["torn", "sealed"], "min_seconds": "61"}) == ["third", "second"]
    assert await rooms({"from": second}) == ["third", "second"]
    assert await rooms({"to": second, "person_id": "patient"}) == ["first"]
    assert await rooms({"provider_id": "provider", "max_seconds": "60"}) == ["first"]
    assert await rooms({"provider_id": "patient"}) == []


async def test_whose_recordings_they_are_is_told_and_what_was_asked_is_in_the_log(
    site: Site,
) -> None:
    await add_three(site)
    asked: Query = {
        "person_id": "patient",
        "provider_id": "nobody",
        "from": "2020-01-01T01:00:00+01:00",
        "state": ["torn", "on_hold"],
        "min_seconds": "0",
    }
    page = await ask(site, asked)
    assert page["recordings"] == []
    assert (page["person_name"], page["provider_name"]) == ("Name of patient", None)
    [event] = await events_since_start(site.services.database)
    assert (event.action, event.subject and event.subject.id) == ("recording.listed", "patient")
    assert event.detail == {
        **asked,
        "from": "2020-01-01T00:00:00+00:00",
        "state": "on_hold torn",
        "min_seconds": 0,
        "rows": 0,
    }


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("state", {"state": ["torn", "gone"]}),
        ("from", {"from": "2026-01-01T00:00:00"}),
        ("from", {"from": "yesterday"}),
        ("to", {"from": "2026-01-02T00:00:00Z", "to": "2026-01-02T00:00:00Z"}),
        ("min_seconds", {"min_seconds": "-1"}),
        ("max_seconds", {"max_seconds": "long"}),
        ("max_seconds", {"min_seconds": "61", "max_seconds": "60"}),
        ("person_id", {"person_id": ""}),
        ("provider_id", {"provider_id": "a\nb"}),
    ],
)
async def test_what_cannot_be_asked_for_is_named(site: Site, name: str, query: Query) -> None:
    headers = await site.headers("compliance")
    async with site.client.get(LIBRARY, params=query, headers=headers) as response:
        problem = await site.problem(response)
    assert (response.status, problem["code"]) == (422, "invalid_parameter")
    assert problem["parameters"]["parameter"] == name
    assert await events_since_start(site.services.database) == []
