"""Coming in by a link: from the message that brings it to the call, and everything else refused."""

import asyncio
import email
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email import policy
from email.message import Message
from pathlib import Path
from typing import Any

import msgspec
import pytest
from aiohttp import ClientWebSocketResponse

from signaling import config
from signaling.calls import guests
from signaling.http.endpoint import endpoint
from signaling.http.routes import ROUTES
from signaling.kernel.actor import Actor
from storage.people import users
from tests.patience import until
from tests.signaling.conftest import TELEMEDICINE, Site, configuration, open_site
from tests.signaling.manual_clock import START
from tests.signaling.posting import post, put_off
from tests.signaling.practice import all_written
from tests.support.gateway import Gateway, gateway
from tests.support.mail import Letters, mail_server
from tests.support.stored import all_events

AUTH = "/api/v1/auth"
ORIGIN = "https://video.example.org"
SOON = START + timedelta(minutes=20)
Told = dict[str, Any]
PLACEHOLDER = re.compile(r"\{\w+\}")


@dataclass
class Browser:
    """Whoever opens a link, and what their browser keeps."""

    site: Site
    cookies: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    """By name; each with when it is thrown away."""

    def headers(self) -> dict[str, str]:
        now = self.site.clock.now()
        kept = "; ".join(
            f"{name}={value}" for name, (value, until) in self.cookies.items() if now < until
        )
        return {"Origin": ORIGIN, **({"Cookie": kept} if kept else {})}

    async def ask(self, method: str, path: str, **asked: Any) -> tuple[int, Any]:
        async with self.site.client.request(method, path, headers=self.headers(), **asked) as reply:
            for name, cookie in reply.cookies.items():
                lasts = timedelta(seconds=int(cookie["max-age"]))
                self.cookies[name] = cookie.value, self.site.clock.now() + lasts
            if reply.status >= 400:
                await self.site.problem(reply)
            return reply.status, await reply.json(
                content_type=None
            ) if reply.status != 204 else None

    async def enter(self, token: str) -> tuple[int, Any]:
        return await self.ask("POST", f"{AUTH}/guest/enter", json={"token": token})

    async def look(self, token: str) -> Told:
        status, stay = await self.ask("POST", f"{AUTH}/guest", json={"token": token})
        assert status == 200
        return dict(stay)

    @asynccontextmanager
    async def socket(self, user_id: str) -> AsyncIterator[ClientWebSocketResponse]:
        async with self.site.client.ws_connect(
            f"{TELEMEDICINE}/ws/{user_id}", headers=self.headers()
        ) as socket:
            assert (await socket.receive_json())["type"] == "welcome"
            yield socket


@dataclass
class Practice:
    """A server that sends letters and text messages, and a patient who has no account."""

    site: Site
    letters: Letters
    gateway: Gateway
    patient_id: str

    async def ask(self, method: str, path: str, **asked: Any) -> tuple[int, Any]:
        async with self.site.client.request(
            method,
            f"{TELEMEDICINE}/{path}",
            headers={**await self.site.headers("provider"), "Origin": ORIGIN},
            **asked,
        ) as reply:
            if reply.status >= 400:
                await self.site.problem(reply)
            return reply.status, await reply.json(
                content_type=None
            ) if reply.status != 204 else None

    async def book(self, **more: Any) -> str:
        asked = {"patient_id": self.patient_id, "minutes": 30, "time_zone": "Europe/Berlin"}
        asked |= {"starts_at": SOON.isoformat(), **more}
        status, made = await self.ask("POST", "appointments", json=asked)
        assert status == 200, made
        return str(made["appointment_id"])

    async def link(self, appointment_id: str, **asked: Any) -> Told:
        body = {"side": "patient", "channel": "copy", **asked}
        status, made = await self.ask("POST", f"appointments/{appointment_id}/links", json=body)
        assert status == 200, made
        return dict(made)

    async def call(self, appointment_id: str) -> str:
        asked = {"patient_id": self.patient_id, "appointment_id": appointment_id}
        status, made = await self.ask("POST", "call/initiate", json=asked)
        assert status == 200, made
        return str(made["room_id"])


def token(made: Told) -> str:
    return str(made["url"]).removeprefix(f"{ORIGIN}/join#guest=")


def text(letter: Message) -> str:
    made = email.message_from_string(letter.as_string(), policy=policy.default)
    body = made.get_body(("plain",))
    return str(body.get_content()) if body else ""


@pytest.fixture
async def practice(tmp_path: Path, database_url: str) -> AsyncIterator[Practice]:
    async with mail_server() as (port, letters), gateway() as sms:
        settings = configuration(
            tmp_path,
            server=config.Server(web_path=tmp_path / "web", public_url=ORIGIN),
            storage=config.Storage(data_path=tmp_path / "data", database_url=database_url),
            smtp=config.Smtp(host="127.0.0.1", port=port, security="none", sender="a@example.org"),
            sms=config.Sms(
                url=sms.url,
                authorization="Bearer of the gateway",
                body='{"messages": [{"number": "{to}", "content": "{text}"}]}',
            ),
        )
        async with open_site(settings) as site:
            await site.headers("provider")
            async with site.services.database.transaction() as tx:
                patient = await users.create(tx, name="Sam Lee", role="patient", now=START)
                patient.email = "sam@example.net"
            yield Practice(site, letters, sms, patient.id)


async def heard(socket: ClientWebSocketResponse, kind: str) -> Told:
    while True:
        message = dict(await socket.receive_json(timeout=20))
        if message["type"] == kind:
            return message


async def test_a_patient_without_an_account_comes_by_a_letter_and_is_called(
    practice: Practice,
) -> None:
    appointment = await practice.book(topic="Panic attacks")
    made = await practice.link(appointment, channel="email")
    assert (made["url"], made["address"], made["state"]) == (None, "sam@example.net", "waiting")
    await until(lambda: any("guest=" in text(one) for one in practice.letters.received))
    letter = next(one for one in practice.letters.received if "guest=" in text(one))
    said = text(letter)
    assert "Panic" not in letter.as_string()
    assert "Sam" not in said
    secret = re.findall(r"https://video.example.org/join#guest=([\w-]+)", said)[0]

    robot, sam = Browser(practice.site), Browser(practice.site)
    assert (await robot.look(secret))["standing"] == "open"  # a scanner that even runs the page
    assert await sam.look(secret) == await robot.look(secret)
    status, who = await sam.enter(secret)
    assert (status, who["user_id"], who["guest"]) == (200, practice.patient_id, True)
    assert (await sam.ask("GET", f"{AUTH}/guest"))[1]["provider_name"] == "Name of provider"
    [link] = (await practice.ask("GET", f"appointments/{appointment}/links"))[1]["links"]
    assert link["state"] == "used"

    async with sam.socket(practice.patient_id) as socket:
        room = await practice.call(appointment)
        assert (await heard(socket, "call_invitation"))["room_id"] == room
        body = {"room_id": room, "recording_consent": False}
        assert (await sam.ask("POST", f"{TELEMEDICINE}/call/accept", json=body))[0] == 200
        await socket.send_json({"type": "call_start", "room_id": room})
        joined = await heard(socket, "call_joined")
        identities = {one["role"]: one["identity"] for one in joined["participants"]}
        assert identities == {"provider": None, "patient": "unconfirmed"}
        path = f"call/{room}/participants/{practice.patient_id}/identity"
        assert (await practice.ask("POST", path))[0] == 200
        told = await heard(socket, "participants")
        assert {one["identity"] for one in told["participants"]} == {None, "confirmed"}

        status, _ = await practice.ask(
            "DELETE", f"appointments/{appointment}/links/{made['link_id']}"
        )
        assert status == 200
        ended = await heard(socket, "call_ended")
        assert (ended["room_id"], ended["reason"]) == (room, "link_revoked")
        assert (await sam.ask("GET", f"{AUTH}/me"))[0] == 401
    assert (await sam.enter(secret))[1]["reason"] == "revoked"
    call = (await practice.ask("GET", f"calls/{room}"))[1]
    assert (call["call_status"], call["end_reason"]) == ("ended", "link_revoked")
    booked = (await practice.ask("GET", f"appointments/{appointment}"))[1]
    assert booked["status"] == "booked", "it can still be held, with whoever comes by a new link"
    events = [event.action for event in await all_events(practice.site.services.database)]
    for action in ("link_made", "link_sent", "entered", "identity_confirmed", "link_revoked"):
        assert f"guest.{action}" in events


async def test_a_text_message_is_tried_again_until_the_gateway_takes_it(
    practice: Practice,
) -> None:
    appointment = await practice.book()
    practice.gateway.status = 503
    made = await practice.link(appointment, channel="sms", address="+4915112345678")
    await put_off(practice.site)
    assert practice.gateway.asked > 0
    practice.gateway.status = 202
    practice.site.clock.set(120)
    await post(practice.site).try_once()
    [(authorization, body)] = practice.gateway.taken
    assert authorization == "Bearer of the gateway"
    [message] = body["messages"]
    assert message["number"] == "+4915112345678"
    secret = message["content"].rpartition("=")[2]
    assert (await Browser(practice.site).enter(secret))[0] == 200
    assert made["state"] == "waiting"


async def test_a_link_lets_in_one_browser_at_its_time_and_no_other(practice: Practice) -> None:
    site = practice.site
    later = await practice.book(starts_at=(START + timedelta(days=1)).isoformat())
    early = Browser(site)
    secret = token(await practice.link(later))
    stay = await early.look(secret)
    assert (stay["standing"], stay["starts_at"]) == ("early", "2026-03-03T09:00:00Z")
    status, problem = await early.enter(secret)
    assert (status, problem["code"], problem["reason"]) == (409, "guest_link_closed", "early")

    first, forwarded = Browser(site), Browser(site)
    appointment = await practice.book()
    secret = token(await practice.link(appointment))
    assert (await first.enter(secret))[0] == 200
    assert (await first.enter(secret))[0] == 200
    assert (await forwarded.look(secret))["standing"] == "other_browser"
    assert (await forwarded.enter(secret))[1]["reason"] == "other_browser"
    assert not forwarded.cookies

    renewed = token(await practice.link(appointment))
    assert (await first.enter(secret))[1]["reason"] == "revoked"
    assert (await forwarded.enter(renewed))[0] == 200
    await site.clock.leap(79 * 60)
    assert (await forwarded.ask("GET", f"{AUTH}/me"))[0] == 200
    await site.clock.advance(2 * 60)
    assert (await forwarded.ask("GET", f"{AUTH}/me"))[0] == 401
    assert (await forwarded.enter(renewed))[1]["reason"] == "over"
    assert (await forwarded.enter("x" * 43))[1]["code"] == "unknown_guest_link"


async def test_whoever_is_in_is_out_when_the_appointment_is_moved_or_cancelled(
    practice: Practice,
) -> None:
    appointment = await practice.book()
    sam, secret = Browser(practice.site), token(await practice.link(appointment))
    assert (await sam.enter(secret))[0] == 200
    tomorrow = (SOON + timedelta(days=1)).isoformat()
    await practice.ask("POST", f"appointments/{appointment}/move", json={"starts_at": tomorrow})
    assert (await sam.ask("GET", f"{AUTH}/me"))[0] == 401
    assert (await sam.look(secret))["standing"] == "early"
    practice.site.clock.set(timedelta(days=1).total_seconds())
    assert (await sam.enter(secret))[0] == 200, "the same browser is known a day later"
    assert (await Browser(practice.site).look(secret))["standing"] == "other_browser"
    await practice.ask("POST", f"appointments/{appointment}/cancel", json={})
    assert (await sam.look(secret))["standing"] == "cancelled"


async def test_an_interpreter_comes_into_a_call_that_runs_and_is_out_once_revoked(
    practice: Practice,
) -> None:
    site = practice.site
    appointment = await practice.book()
    sam, maria = Browser(site), Browser(site)
    await sam.enter(token(await practice.link(appointment)))
    room = await practice.call(appointment)
    body = {"room_id": room, "recording_consent": False}
    assert (await sam.ask("POST", f"{TELEMEDICINE}/call/accept", json=body))[0] == 200

    asked = {"side": "interpreter", "channel": "copy", "name": "Maria Ruiz"}
    status, made = await practice.ask("POST", f"call/{room}/links", json=asked)
    assert status == 200, made
    _, who = await maria.enter(token(made))
    assert (who["name"], who["role"]) == ("Maria Ruiz", "guest")
    async with maria.socket(who["user_id"]) as socket:
        invitation = await heard(socket, "call_invitation")
        assert (invitation["room_id"], invitation["side"]) == (room, "interpreter")
        assert (await maria.ask("POST", f"{TELEMEDICINE}/call/accept", json=body))[0] == 200
        [call] = site.services.calls.live()
        assert [(one.name, one.identity) for one in call.parties][2] == (
            "Maria Ruiz",
            "unconfirmed",
        )
        assert (await practice.ask("DELETE", f"call/{room}/links/{made['link_id']}"))[0] == 200
        assert (await heard(socket, "call_ended"))["reason"] == "removed"
    assert len(call.parties) == 2
    [guest] = (await practice.ask("GET", f"calls/{room}"))[1]["guests"]
    assert (guest["name"], guest["side"]) == ("Maria Ruiz", "interpreter")


@asynccontextmanager
async def asked_into_a_call(practice: Practice) -> AsyncIterator[tuple[str, Browser, Told]]:
    """A call that runs, and an interpreter whom its provider has sent a link into it."""
    sam = Browser(practice.site)
    appointment = await practice.book()
    await sam.enter(token(await practice.link(appointment)))
    room = await practice.call(appointment)
    body = {"room_id": room, "recording_consent": False}
    assert (await sam.ask("POST", f"{TELEMEDICINE}/call/accept", json=body))[0] == 200
    asked = {"side": "interpreter", "channel": "copy", "name": "Maria Ruiz"}
    status, made = await practice.ask("POST", f"call/{room}/links", json=asked)
    assert status == 200, made
    yield room, Browser(practice.site), made


async def test_who_left_a_call_comes_back_by_their_link_and_who_was_removed_does_not(
    practice: Practice,
) -> None:
    async with asked_into_a_call(practice) as (room, maria, made):
        _, who = await maria.enter(token(made))
        body = {"room_id": room, "recording_consent": False}
        for _ in range(2):
            async with maria.socket(who["user_id"]) as socket:
                assert (await heard(socket, "call_invitation"))["room_id"] == room
                assert (await maria.ask("POST", f"{TELEMEDICINE}/call/accept", json=body))[0] == 200
                await socket.send_json({"type": "call_end", "room_id": room})
                assert (await heard(socket, "call_ended"))["reason"] == "left"
        call = practice.site.services.calls.find(room)
        assert call
        async with maria.socket(who["user_id"]) as socket:
            await heard(socket, "call_invitation")
            path = f"call/{room}/participants/{who['user_id']}"
            assert (await practice.ask("DELETE", path))[0] == 200
            assert (await heard(socket, "invitation_closed"))["reason"] == "cancelled"
        assert call.is_done_with(who["user_id"])
        async with maria.socket(who["user_id"]) as socket:
            await socket.send_json({"type": "call_start", "room_id": room})
            assert (await socket.receive_json(timeout=20))["type"] == "call_ended", "nothing rang"
        assert not call.concerns(who["user_id"])


async def test_links_into_a_call_last_as_long_as_it_can_and_end_soon_after_it(
    practice: Practice,
) -> None:
    async with asked_into_a_call(practice) as (room, maria, made):
        site = practice.site
        for minutes in (30, 30):
            status, _ = await practice.ask("POST", f"call/{room}/extend", json={"minutes": minutes})
            assert status == 200
        site.clock.set(timedelta(minutes=119).total_seconds())
        assert (await maria.enter(token(made)))[0] == 200
        assert (await practice.ask("POST", "call/end", json={"room_id": room}))[0] == 200
        await all_written(site.services.calls)
        site.clock.set(timedelta(minutes=29).total_seconds())
        assert (await maria.ask("GET", f"{AUTH}/me"))[0] == 200
        site.clock.set(timedelta(minutes=2).total_seconds())
        assert (await maria.ask("GET", f"{AUTH}/me"))[0] == 401
        assert (await maria.enter(token(made)))[1]["reason"] == "over"


async def test_who_is_confirmed_may_have_signed_in_otherwise_meanwhile(practice: Practice) -> None:
    async with asked_into_a_call(practice) as (room, maria, made):
        _, who = await maria.enter(token(made))
        body = {"room_id": room, "recording_consent": False}
        async with maria.socket(who["user_id"]) as socket:
            await heard(socket, "call_invitation")
            assert (await maria.ask("POST", f"{TELEMEDICINE}/call/accept", json=body))[0] == 200
            services = practice.site.services
            call = services.calls.find(room)
            assert call
            party, actor = call.party(who["user_id"]), Actor("provider", "Dr. R", "provider")
            assert party
            confirming = asyncio.create_task(
                guests.confirm(services.calls, services.guest_links, actor, room, who["user_id"])
            )
            await asyncio.sleep(0)  # it is being written
            party.comes_by(None)
            await confirming
            assert party.guest is None
        actions = [event.action for event in await all_events(services.database)]
        assert actions.count("guest.identity_confirmed") == 1


async def test_a_guest_who_tries_every_other_address_is_refused_at_each(
    practice: Practice,
) -> None:
    sam = Browser(practice.site)
    await sam.enter(token(await practice.link(await practice.book())))
    other = await practice.book(starts_at=(SOON + timedelta(days=1)).isoformat())
    room = await practice.call(other)  # a call of the very same patient
    tried = 0
    for route in ROUTES:
        if not endpoint(route).needs_sign_in:
            continue
        path = route.path.replace("{room_id}", room).replace("{appointment_id}", other)
        kind = endpoint(route).body
        possible = {"room_id": room, "recording_consent": True, "answer": "withheld"}
        fields = [one.name for one in msgspec.structs.fields(kind)] if kind else []
        body = {name: possible[name] for name in fields if name in possible}
        query = {"client_id": "x" * 16} if path.endswith("/chat/files") else {}
        status, answer = await sam.ask(
            route.method, PLACEHOLDER.sub("x", path), json=body if kind else None, params=query
        )
        if not route.guests:
            assert (status, answer["code"], answer["reason"]) == (403, "forbidden", "guest"), path
            tried += 1
        elif "room_id" in route.path or body:
            unknown = "unknown_appointment" if other in path else "unknown_room"
            assert (status, answer["code"]) == (404, unknown), path
    assert tried > 80
    async with sam.socket(practice.patient_id) as socket:
        await socket.send_json({"type": "call_end", "room_id": room})
        assert (await heard(socket, "error"))["code"] == "unknown_room"
    assert practice.site.services.calls.find(room), "still rings, and not at theirs"


async def test_what_is_sent_goes_at_once_and_what_cannot_be_is_said(practice: Practice) -> None:
    appointment, woken = await practice.book(), list[str]()
    practice.site.services.guest_links.soon = lambda: woken.append("the post")
    await practice.link(appointment)
    assert not woken, "a link that is passed on is sent by nobody"
    await practice.link(appointment, channel="email")
    assert woken == ["the post"]
    path = f"appointments/{appointment}/links"
    for asked, code in (
        ({"side": "patient", "channel": "sms"}, "address_needed"),
        ({"side": "patient", "channel": "sms", "address": "0151 1234"}, "invalid_person"),
        ({"side": "relative", "channel": "copy"}, "invalid_person"),
        ({"side": "relative", "channel": "email", "name": "Kim"}, "address_needed"),
        ({"side": "provider", "channel": "copy", "name": "Kim"}, "side_not_possible"),
    ):
        status, problem = await practice.ask("POST", path, json=asked)
        assert (status, problem["code"]) == (422, code), asked
    await practice.site.clock.leap(3 * 3600)
    status, problem = await practice.ask("POST", path, json={"side": "patient", "channel": "copy"})
    assert (status, problem["code"]) == (409, "appointment_settled")
