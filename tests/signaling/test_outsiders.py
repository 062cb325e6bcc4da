"""Other people's calls and recordings: every route and every message that names one,
by everybody it is not for.
"""

import asyncio
import json
import re
from datetime import timedelta
from typing import Any, get_args

import msgspec
import pytest

from signaling.http.endpoint import endpoint
from signaling.http.routes import ROUTES
from signaling.identity.cookies import SESSION
from signaling.kernel.permissions import ALLOWED
from signaling.kernel.routes import Route
from signaling.kernel.words import Role
from signaling.websocket.messages import ClientMessage
from storage.people import login_sessions, users
from tests.signaling.conftest import TELEMEDICINE, Site
from tests.support.platform import ISSUER
from tests.support.stored import events_since_start

JSON = "application/json"
NEVER_WAS = "0123456789abcdef0123456789abcdef"
PLACEHOLDER = re.compile(r"\{\w+\}")
FILE = "application/octet-stream"
READERS = ("compliance", "admin")
"""May read about all calls, and take part in none."""


async def headers(site: Site, user_id: str, role: Role) -> dict[str, str]:
    """A page of somebody else with that role."""
    now = site.clock.now()
    async with site.services.database.transaction() as tx:
        await users.ensure(tx, ISSUER, user_id, role=role, name=f"Name of {user_id}", now=now)
        cookie = await login_sessions.create(
            tx, user_id, now=now, expires_at=now + timedelta(hours=1)
        )
    return {"Cookie": f"{SESSION.plain}={cookie}", "Origin": site.origin}


async def ringing(site: Site) -> str:
    """The room of a call between the provider and the patient."""
    await site.headers("patient")
    body = {"patient_id": "patient", "recording_enabled": True}
    reply = await site.client.post(
        f"{TELEMEDICINE}/call/initiate", json=body, headers=await site.headers("provider")
    )
    return str((await reply.json())["room_id"])


def naming_a_room() -> list[Route]:
    """Routes that take a room, in their path or their body."""
    found = []
    for route in ROUTES:
        answers = endpoint(route)
        in_body = answers.body is not None and "room_id" in _fields(answers.body)
        if "room_id" in {parameter.name for parameter in answers.path} or in_body:
            found.append(route)
    return found


def _fields(kind: type[msgspec.Struct]) -> list[str]:
    return [field.name for field in msgspec.structs.fields(kind)]


@pytest.mark.parametrize("role", get_args(Role))
async def test_no_route_tells_somebody_elses_call_from_one_that_never_was(
    site: Site, role: Role
) -> None:
    room_id = await ringing(site)
    stranger = await headers(site, f"other-{role}", role)
    assert len(naming_a_room()) == 32
    for route in naming_a_room():
        answers = []
        for room in (room_id, NEVER_WAS):
            fields = {
                "room_id": room,
                "recording_consent": True,
                "user_id": "patient",
                "side": "relative",
                "purpose": "BTG",
                "reason": "why",
                "text": "What was said",
                "version": 0,
                "answer": "withheld",
                "kind": "noted",
                "name": "Sam Guest",
                "channel": "email",
                "external_id": "one",
                "completed_at": "2026-01-01T00:00:00Z",
                "responses": [{"questionnaire": "PHQ-9", "answers": []}],
            }
            body, is_file = endpoint(route).body, endpoint(route).takes_file
            async with site.client.request(
                route.method,
                route.path.format(
                    room_id=room,
                    user_id="patient",
                    patient_id="nobody",
                    link_id=NEVER_WAS,
                    file_id=NEVER_WAS,
                ),
                params={"client_id": NEVER_WAS} if is_file else None,
                data=b"A file" if is_file else None,
                json=None
                if body is None
                else {name: fields[name] for name in _fields(body) if name in fields},
                headers={**stranger, "Content-Type": FILE} if is_file else stranger,
            ) as response:
                answers.append(
                    (response.status, (await response.json(content_type=None)).get("code"))
                )
        if route.path == f"{TELEMEDICINE}/calls/{{room_id}}" and role in READERS:
            assert answers == [(200, None), (404, "unknown_room")]
        else:
            assert answers[0] == answers[1], route.path
            assert answers[0] in {
                (404, "unknown_room"),
                (404, "no_emergency"),
                (404, "unknown_chat"),
                (404, "unknown_place"),
                (404, "unknown_crisis"),
                (404, "unknown_file"),
                (404, "unknown_patient"),
                (403, "forbidden"),
            }, route.path
    assert set(site.services.calls.people()) == {"provider", "patient"}, "still rings"


@pytest.mark.parametrize("role", get_args(Role))
async def test_no_message_tells_or_changes_somebody_elses_call(site: Site, role: Role) -> None:
    room_id = await ringing(site)
    stranger = await headers(site, f"other-{role}", role)
    more: dict[str, dict[str, Any]] = {
        "offer": {"sdp": "v=0"},
        "media_state": {"media": {}},
        "pictures": {"pictures": {"sound_only": True}},
        "off_the_record": {"off": True},
        "recording_switch": {"on": True},
        "recording_consent": {"recording_consent": False},
        "chat_send": {"client_id": "0123456789abcdef", "text": "Hello"},
    }
    kinds = [kind for kind in get_args(ClientMessage) if "room_id" in _fields(kind)]
    never_acted_on = {"ice_candidate", "answer"}
    tags = {str(kind.__struct_config__.tag) for kind in kinds} - never_acted_on
    assert tags == {"call_start", "call_end", *more}
    async with site.client.ws_connect(f"{TELEMEDICINE}/ws/other-{role}", headers=stranger) as ws:
        assert (await ws.receive_json())["type"] == "welcome"
        for tag in sorted(tags):
            answers = []
            for room in (room_id, NEVER_WAS):
                await ws.send_json({"type": tag, "room_id": room, **more.get(tag, {})})
                async with asyncio.timeout(20):
                    error = json.loads((await ws.receive()).data)
                answers.append((error["type"], error["code"], error["detail"]))
            assert answers[0] == answers[1], tag
            assert answers[0][:2] in {("error", "unknown_room"), ("error", "forbidden")}, tag
    assert set(site.services.calls.people()) == {"provider", "patient"}, "still rings"


async def test_who_may_not_ask_is_refused_and_noted_whatever_is_wrong_with_what_they_sent(
    site: Site,
) -> None:
    by_role = [route for route in ROUTES if route.access in ALLOWED]
    noted = {}
    for number, route in enumerate(by_role):
        action = endpoint(route).by_role
        assert action is not None
        role = next(role for role in get_args(Role) if role not in ALLOWED[action])
        stranger = await headers(site, f"stranger-{number}", role)
        async with site.client.request(
            route.method,
            PLACEHOLDER.sub("!", route.path),
            params={"cursor": "?", "form": "?", "limit": "?"},
            data=b"{",
            headers={**stranger, "Content-Type": "text/plain" if number % 2 else JSON},
        ) as response:
            assert response.status == 403, (route.path, await response.text())
        kind = "recording.denied" if route.of_recordings else "access.denied"
        noted[f"stranger-{number}"] = kind
    events = await events_since_start(site.services.database)
    found = {event.actor_id: event.action for event in events if event.action.endswith(".denied")}
    assert found == noted


@pytest.mark.parametrize("role", ["patient", "provider", "ops", "admin"])
async def test_no_route_of_recordings_answers_anybody_but_compliance(
    site: Site, role: Role
) -> None:
    stranger = await headers(site, f"other-{role}", role)
    routes = [
        route for route in ROUTES if "/recordings" in route.path and route.path.startswith("/api/")
    ]
    assert len(routes) == 14
    for route in routes:
        path = PLACEHOLDER.sub(NEVER_WAS, route.path)
        body = None if endpoint(route).body is None else {"reason": "curiosity"}
        if path.endswith(("/playback", "/unlocks")):
            body = {"purpose": "TREAT"}
        if path.endswith(("/key-opened", "/damage")):
            body = {"playback_id": "none"}
        if path.endswith("/exports"):
            body = {"playback_id": "none", "contents": "parts"}
        async with site.client.request(route.method, path, json=body, headers=stranger) as response:
            # A provider may hold a playback, which ends with their emergency.
            lets_in = role == "provider" and path.endswith("/media")
            code = "playback_expired" if lets_in else "forbidden"
            assert (response.status, (await site.problem(response))["code"]) == (403, code), path
