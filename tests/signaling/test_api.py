"""Roles, calls and patients through the HTTP API."""

import asyncio
from pathlib import Path
from typing import get_args

import pytest

from signaling.identity.cookies import SESSION
from signaling.kernel.words import Role
from tests.signaling.conftest import (
    API,
    PASSWORD,
    TELEMEDICINE,
    Site,
    configuration,
    open_site,
    poster,
)
from tests.support.stored import events_since_start

MAY: dict[tuple[str, str], set[str]] = {
    ("GET", f"{TELEMEDICINE}/patients"): {"provider"},
    ("GET", f"{TELEMEDICINE}/recordings"): {"compliance"},
    ("GET", f"{TELEMEDICINE}/own-recordings"): {"patient"},
    ("GET", f"{TELEMEDICINE}/recording-requests"): {"compliance"},
    ("GET", f"{TELEMEDICINE}/recordings/none"): {"compliance"},
    ("POST", f"{TELEMEDICINE}/recordings/none/playback"): {"compliance"},
    # By a playback in an emergency, which the provider does not hold here.
    ("GET", f"{TELEMEDICINE}/recordings/none/parts/none/media"): {"compliance", "provider"},
    ("GET", f"{TELEMEDICINE}/recordings/none/parts/none/download"): {"compliance"},
    ("GET", f"{TELEMEDICINE}/audit"): {"compliance"},
    ("GET", f"{TELEMEDICINE}/audit/status"): {"compliance"},
    ("GET", f"{TELEMEDICINE}/audit/people"): {"compliance"},
    ("GET", f"{TELEMEDICINE}/audit/1/proof"): {"compliance"},
    ("GET", f"{TELEMEDICINE}/ops/rooms"): {"ops", "admin"},
    ("GET", f"{TELEMEDICINE}/calls"): {"patient", "provider", "compliance", "admin", "guest"},
}


@pytest.mark.parametrize("role", get_args(Role))
async def test_each_role_reaches_what_is_its_own(site: Site, role: Role) -> None:
    headers = await site.headers(role)
    for (method, path), allowed in MAY.items():
        body = {"purpose": "TREAT"} if path.endswith("/playback") else None
        async with site.client.request(method, path, json=body, headers=headers) as response:
            code = "none" if response.ok else (await site.problem(response))["code"]
            assert (code != "forbidden") == (role in allowed), (
                f"{role} {path}: {response.status} {code}"
            )
        async with site.client.request(method, path) as response:
            assert response.status == 401


async def test_a_refused_recording_is_in_the_audit_log(site: Site) -> None:
    path = f"{TELEMEDICINE}/recordings/none/playback"
    body, headers = {"purpose": "TREAT"}, await site.headers("provider")
    async with site.client.post(path, json=body, headers=headers) as response:
        assert response.status == 403
    [event] = await events_since_start(site.services.database)
    assert (event.action, event.actor_id) == ("recording.denied", "provider")
    assert event.address == "127.0.0.1"


async def test_whatever_a_role_is_refused_is_in_the_audit_log(site: Site) -> None:
    for path in ("patients", "ops/rooms"):
        async with site.client.get(
            f"{TELEMEDICINE}/{path}", headers=await site.headers("patient")
        ) as response:
            assert response.status == 403
    events = await events_since_start(site.services.database)
    assert [(event.action, event.actor_id) for event in events] == [("access.denied", "patient")]
    assert events[0].detail == {"asked": f"GET {TELEMEDICINE}/patients", "reason": "role"}


async def test_a_refusal_is_in_the_audit_log_whatever_the_client_calls_itself(site: Site) -> None:
    cookie = (await site.headers("provider"))["Cookie"]
    head = f"GET {TELEMEDICINE}/recordings HTTP/1.1\r\nCookie: {cookie}\r\nUser-Agent: \xffoe"
    assert await site.raw(head) == 403
    [event] = await events_since_start(site.services.database)
    assert (event.action, event.user_agent) == ("recording.denied", "\ufffdoe")


async def test_a_call_from_invitation_to_history(site: Site) -> None:
    post = poster(site)
    await site.headers("patient")
    status, initiated = await post(
        "provider", "initiate", patient_id="patient", recording_enabled=True
    )
    room_id = initiated["room_id"]
    assert (status, initiated["status"]) == (200, "invitation_sent")
    assert await post("patient", "accept", room_id=room_id, recording_consent=False) == (
        200,
        {"status": "accepted"},
    )
    status, raised = await post("patient", "emergency", room_id=room_id)
    assert (status, raised["phone"]) == (200, "112")
    await site.clock.advance(50)
    assert await post("provider", "end", room_id=room_id) == (
        200,
        {"status": "ended", "duration_seconds": 50, "duration_minutes": 0},
    )
    async with site.client.get(
        f"{TELEMEDICINE}/calls", headers=await site.headers("patient")
    ) as response:
        calls = (await response.json())["calls"]
    assert [(call["call_status"], call["provider_name"]) for call in calls] == [
        ("ended", "Name of provider")
    ]
    async with site.client.get(
        f"{TELEMEDICINE}/calls/{room_id}", headers=await site.headers("provider")
    ) as response:
        assert (await response.json())["recording_consent_given"] is False


async def test_a_declined_call(site: Site) -> None:
    post = poster(site)
    await site.headers("patient")
    _, initiated = await post("provider", "initiate", patient_id="patient")
    assert await post("patient", "decline", room_id=initiated["room_id"]) == (
        200,
        {"status": "declined"},
    )


async def test_an_unknown_room_and_an_unknown_patient_are_404(site: Site) -> None:
    post = poster(site)
    for role, path, body in (
        ("provider", "initiate", {"patient_id": "nobody"}),
        ("patient", "accept", {"room_id": "none", "recording_consent": True}),
        ("provider", "end", {"room_id": "none"}),
    ):
        status, problem = await post(role, path, **body)
        assert (status, problem["status"]) == (404, 404)


async def test_a_page_cursor_of_somebody_else_is_a_400(site: Site) -> None:
    path = f"{TELEMEDICINE}/calls?cursor=made-up"
    async with site.client.get(path, headers=await site.headers("provider")) as response:
        assert (await site.problem(response))["code"] == "invalid_cursor"


async def test_patients_are_listed_with_their_presence(site: Site) -> None:
    await site.headers("patient")
    await site.add_user("demo", "patient", demo=True)
    async with site.client.get(
        f"{TELEMEDICINE}/patients", headers=await site.headers("provider")
    ) as response:
        patients = (await response.json())["patients"]
    assert patients == [
        {
            "user_id": "patient",
            "name": "Name of patient",
            "birth_date": None,
            "online": False,
            "last_call_at": None,
        },
    ]


async def test_patients_of_load_tests_are_not_listed_among_people(site: Site) -> None:
    await site.headers("patient")
    await site.add_user("load/patient/1", "patient")
    await site.add_user("load/provider/1", "provider")
    login = {"username": "load/provider/1", "password": PASSWORD}
    async with site.client.post(
        f"{API}/auth/login", json=login, headers={"Origin": site.origin}
    ) as response:
        load_provider = {"Cookie": f"{SESSION.plain}={response.cookies[SESSION.plain].value}"}
    for headers, name in (
        (await site.headers("provider"), "patient"),
        (load_provider, "load/patient/1"),
    ):
        async with site.client.get(f"{TELEMEDICINE}/patients", headers=headers) as response:
            assert [patient["name"] for patient in (await response.json())["patients"]] == [
                f"Name of {name}"
            ]


async def test_a_websocket_opens_with_the_cookie_and_welcomes(site: Site) -> None:
    headers = await site.headers("patient")
    async with site.client.ws_connect(f"{TELEMEDICINE}/ws/patient", headers=headers) as socket:
        welcome = await socket.receive_json()
        assert (welcome["type"], welcome["user_id"]) == ("welcome", "patient")


async def test_a_server_that_stops_tells_both_sides_why(tmp_path: Path) -> None:
    async with open_site(configuration(tmp_path)) as site:
        await site.headers("patient")
        _, initiated = await poster(site)("provider", "initiate", patient_id="patient")
        url = f"{TELEMEDICINE}/ws/provider"
        async with site.client.ws_connect(url, headers=await site.headers("provider")) as socket:
            await socket.send_json({"type": "call_start", "room_id": initiated["room_id"]})
            async for message in socket:
                if message.json()["type"] == "call_joined":
                    break
            stopping = asyncio.create_task(site.client.server.close())
            received = [message.json() async for message in socket]
            await stopping
        ended = [message for message in received if message["type"] == "call_ended"]
        assert [message["reason"] for message in ended] == ["server_restart"]
