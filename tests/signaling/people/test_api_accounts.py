"""Administrators manage accounts, and nobody locks themselves out."""

import asyncio
from email.message import Message
from pathlib import Path
from typing import Any, get_args

import pytest

from signaling import config
from signaling.kernel.actor import Actor
from signaling.kernel.errors import Conflict
from signaling.kernel.words import Role
from signaling.people import account_rule
from signaling.people.invitations import LIFETIME
from storage.models import User
from storage.people import users
from tests.signaling.conftest import API, PASSWORD, TELEMEDICINE, Site, configuration, open_site
from tests.signaling.people.asking import ask
from tests.support.mail import free_port, mail_server
from tests.support.stored import events_since_start

PEOPLE = f"{TELEMEDICINE}/people"
NEW = "a long enough password"


def user(user_id: str, role: Any, *, disabled: bool = False) -> User:
    return User(id=user_id, role=role, disabled=disabled, issuer="local")


@pytest.mark.parametrize(
    ("who", "administrators", "code"),
    [
        (user("me", "admin"), 2, "own_account"),
        (user("me", "provider"), 2, "own_account"),
        (user("other", "admin"), 1, "last_administrator"),
        (user("other", "admin"), 2, None),
        (user("other", "provider"), 1, None),
        (user("other", "admin", disabled=True), 1, None),
    ],
)
def test_nobody_takes_away_what_would_bring_it_back(
    who: User, administrators: int, code: str | None
) -> None:
    actor = Actor("me", "Me", "admin")
    if code is None:
        account_rule.require_others(actor, who, administrators)
        return
    with pytest.raises(Conflict, match=code):
        account_rule.require_others(actor, who, administrators)


async def admin_of(site: Site) -> dict[str, str]:
    """A page of an administrator with a password here."""
    await site.add_user("avery", "admin")
    return await signed_in(site, "avery", PASSWORD)


async def sign_in(site: Site, username: str, password: str) -> tuple[int, str]:
    body = {"username": username, "password": password}
    headers = {"Origin": site.origin}
    async with site.client.post(f"{API}/auth/login", json=body, headers=headers) as response:
        return response.status, response.headers.get("Set-Cookie", "").partition(";")[0]


async def signed_in(site: Site, username: str, password: str) -> dict[str, str]:
    status, cookie = await sign_in(site, username, password)
    assert status == 200
    return {"Cookie": cookie, "Origin": site.origin}


async def me(site: Site, headers: dict[str, str]) -> int:
    async with site.client.get(f"{API}/auth/me", headers=headers) as response:
        return response.status


async def test_an_account_is_added_changed_disabled_and_enabled(site: Site) -> None:
    admin = await admin_of(site)
    body = {"name": " Dr. Ngozi Okafor ", "role": "provider", "email": "ngozi@example.org"}
    status, added = await ask(site, "POST", PEOPLE, admin, body)
    assert status == 200
    assert (added["name"], added["username"], added["has_password"]) == (
        "Dr. Ngozi Okafor",
        "ngozi@example.org",
        False,
    )
    path = f"{PEOPLE}/{added['user_id']}"
    assert (await ask(site, "POST", PEOPLE, admin, body))[1]["code"] == "username_taken"
    changed = {"name": "Dr. Okafor", "role": "compliance", "email": None, "username": "ngozi"}
    _, put = await ask(site, "PUT", path, admin, changed)
    assert {key: put[key] for key in changed} == changed
    for act, disabled in (("disable", True), ("disable", True), ("enable", False)):
        _, shown = await ask(site, "POST", f"{path}/{act}", admin)
        assert shown == {**put, "disabled": disabled}
    assert (await ask(site, "GET", path, admin))[1] == put
    events = await events_since_start(site.services.database)
    theirs = [event for event in events if event.subject and event.subject.id == added["user_id"]]
    assert [(event.action, event.detail) for event in theirs] == [
        ("user.added", {"role": "provider", "issuer": "local"}),
        ("user.role_changed", {"role": "compliance", "before": "provider"}),
        ("user.changed", {"fields": "username"}),
        ("user.changed", {"fields": "name, email"}),
        ("user.disabled", {"role": "compliance"}),
        ("user.enabled", {"role": "compliance"}),
    ]


async def test_whoever_is_disabled_signed_out_or_gets_another_role_signs_in_anew(
    site: Site,
) -> None:
    admin = await admin_of(site)
    person = await site.add_user("casey", "compliance")
    path = f"{PEOPLE}/{person.id}"
    change = {"name": "Casey", "role": "ops", "username": "casey"}
    for method, act, body in (
        ("POST", "/sign-out", None),
        ("POST", "/disable", None),
        ("POST", "/enable", None),
        ("PUT", "", change),
    ):
        if act != "/enable":
            theirs = await signed_in(site, "casey", PASSWORD)
            assert await me(site, theirs) == 200
        assert (await ask(site, method, f"{path}{act}", admin, body))[0] == 200
        assert await me(site, theirs) == 401
        status, _ = await sign_in(site, "casey", PASSWORD)
        assert status == (401 if act == "/disable" else 200)


async def test_an_administrator_cannot_lock_themselves_out(site: Site) -> None:
    admin = await admin_of(site)
    found = (await ask(site, "GET", f"{PEOPLE}?text=avery", admin))[1]["people"]
    own = f"{PEOPLE}/{found[0]['user_id']}"
    demoted = {"name": "Avery", "role": "ops", "username": "avery"}
    for method, path, body in (("POST", f"{own}/disable", None), ("PUT", own, demoted)):
        status, told = await ask(site, method, path, admin, body)
        assert (status, told["code"]) == (409, "own_account")
    assert (await ask(site, "PUT", own, admin, {**demoted, "role": "admin"}))[0] == 200
    nameless = {"name": "Avery", "role": "admin", "username": None}
    status, told = await ask(site, "PUT", own, admin, nameless)
    assert (status, told["code"]) == (422, "username_needed")
    assert (await sign_in(site, "avery", PASSWORD))[0] == 200


async def test_two_administrators_who_disable_each_other_leave_one(site: Site) -> None:
    pages = {}
    for name in ("avery", "blake"):
        person = await site.add_user(name, "admin")
        pages[person.id] = await signed_in(site, name, PASSWORD)
    first, second = pages
    outcomes = await asyncio.gather(
        ask(site, "POST", f"{PEOPLE}/{second}/disable", pages[first]),
        ask(site, "POST", f"{PEOPLE}/{first}/disable", pages[second]),
    )
    assert min(status for status, _ in outcomes) == 200
    async with site.services.database.reading() as tx:
        people = await users.by_ids(tx, [first, second])
    assert sorted(person.disabled for person in people) == [False, True]


async def test_people_of_the_platform_keep_what_it_says_of_them(site: Site) -> None:
    admin, _ = await admin_of(site), await site.headers("provider")
    path = f"{PEOPLE}/provider"
    named = {"name": "Dr. Rivera", "role": "provider", "email": "elena@example.org"}
    assert (await ask(site, "PUT", path, admin, named))[0] == 200
    for change in ({"role": "admin"}, {"username": "elena"}):
        status, told = await ask(site, "PUT", path, admin, {**named, **change})
        assert (status, told["code"]) == (409, "account_of_platform")


async def test_patients_stay_patients(site: Site) -> None:
    admin = await admin_of(site)
    patient = await site.add_user("sam", "patient")
    body = {"name": "Sam", "role": "provider", "username": "sam"}
    status, told = await ask(site, "PUT", f"{PEOPLE}/{patient.id}", admin, body)
    assert (status, told["code"]) == (409, "patient_role")


async def test_a_guest_is_made_no_account_and_nobody_a_guest(tmp_path: Path) -> None:
    async with open_site(mailing(tmp_path, free_port())) as site:
        admin = {**await site.headers("admin"), "Origin": "https://video.example.org"}
        casey = await site.add_user("casey", "compliance")
        async with site.services.database.transaction() as tx:
            maria = await users.create(tx, name="Maria", role="guest", now=site.clock.now())
            maria.email = "maria@example.org"
        account = {"name": "Maria", "username": "maria", "email": "maria@example.org"}
        for role in get_args(Role):
            told = await ask(site, "PUT", f"{PEOPLE}/{maria.id}", admin, {**account, "role": role})
            assert (told[0], told[1]["code"]) == (422, "guest_role"), role
        told = await ask(site, "POST", f"{PEOPLE}/{maria.id}/invitation", admin)
        assert (told[0], told[1]["code"]) == (422, "guest_role")
        _, shown = await ask(site, "GET", f"{PEOPLE}/{maria.id}", admin)
        assert (shown["role"], shown["username"], shown["has_password"]) == ("guest", None, False)
        body = {"name": "Casey", "username": "casey", "role": "guest"}
        told = await ask(site, "PUT", f"{PEOPLE}/{casey.id}", admin, body)
        assert (told[0], told[1]["code"]) == (422, "guest_role")


async def test_providers_find_their_patients_and_nobody_else(site: Site) -> None:
    await admin_of(site)
    await site.add_user("sam", "patient")
    provider = await site.headers("provider")
    found = (await ask(site, "GET", PEOPLE, provider))[1]["people"]
    assert [one["name"] for one in found] == ["Name of sam"]
    found = (await ask(site, "GET", f"{PEOPLE}?role=admin", provider))[1]["people"]
    assert [one["role"] for one in found] == ["patient"]


def words(letter: Message) -> str:
    """What it says."""
    octets = letter.get_payload(decode=True)
    assert isinstance(octets, bytes)
    return octets.decode()


def mailing(folder: Path, port: int, url: str = "https://video.example.org/") -> config.Config:
    smtp = config.Smtp(
        host="127.0.0.1", port=port, security="none", sender="carelay@practice.example"
    )
    server = config.Server(web_path=folder / "web", public_url=url)
    return configuration(folder, smtp=smtp, server=server)


async def test_an_invited_person_sets_a_password_and_signs_in(tmp_path: Path) -> None:
    async with mail_server() as (port, letters), open_site(mailing(tmp_path, port)) as site:
        admin = {**await site.headers("admin"), "Origin": "https://video.example.org"}
        body = {"name": "Sam Lee", "role": "patient", "email": "sam@example.org"}
        _, added = await ask(site, "POST", PEOPLE, admin, body)
        path = f"{PEOPLE}/{added['user_id']}/invitation"
        _, first = await ask(site, "POST", path, admin)
        _, invited = await ask(site, "POST", path, admin)
        assert first["invited_until"] == invited["invited_until"] is not None
        earlier, letter = letters.received
        assert letter["To"] == "sam@example.org"
        text = words(letter)
        assert "Sam Lee" not in str(letter), "an e-mail names nobody"
        [link] = [line for line in text.split() if line.startswith("https://")]
        page, _, token = link.partition("#invitation=")
        assert page == "https://video.example.org/invitation"
        old = words(earlier).partition("#invitation=")[2].split()[0]

        anybody: dict[str, str] = {}
        opening, accepting = f"{API}/auth/invitation", f"{API}/auth/invitation/accept"
        status, shown = await ask(site, "POST", opening, anybody, {"token": token})
        assert (status, shown["name"], shown["username"]) == (200, "Sam Lee", "sam@example.org")
        for path, more in ((opening, {}), (accepting, {"password": NEW})):
            told = await ask(site, "POST", path, anybody, {"token": old, **more})
            assert (told[0], told[1]["code"]) == (404, "unknown_invitation")
        short = {"token": token, "password": "short"}
        told = await ask(site, "POST", accepting, anybody, short)
        assert (told[0], told[1]["code"]) == (422, "password_too_short")
        accepted = {"token": token, "password": NEW}
        assert (await ask(site, "POST", accepting, anybody, accepted))[0] == 200
        assert (await ask(site, "POST", accepting, anybody, accepted))[0] == 404, "once"
        body = {"username": "sam@example.org", "password": NEW}
        async with site.client.post(f"{API}/auth/login", json=body) as response:
            assert response.status == 200
        events = await events_since_start(site.services.database)
        theirs = [
            event.action
            for event in events
            if event.subject and event.subject.id == added["user_id"]
        ]
        assert theirs == [
            "user.added",
            "user.invited",
            "user.invited",
            "user.invitation_accepted",
            "user.signed_in",
        ]
        assert token not in str(events)


async def test_an_invitation_is_revoked_and_expires(tmp_path: Path) -> None:
    async with mail_server() as (port, letters), open_site(mailing(tmp_path, port)) as site:
        admin = {**await site.headers("admin"), "Origin": "https://video.example.org"}
        body = {"name": "Sam Lee", "role": "patient", "email": "sam@example.org"}
        _, added = await ask(site, "POST", PEOPLE, admin, body)
        person = f"{PEOPLE}/{added['user_id']}"
        tokens = []
        for _ in range(3):
            await ask(site, "POST", f"{person}/invitation", admin)
            text = words(letters.received[-1])
            tokens.append(text.partition("#invitation=")[2].split()[0])
            if len(tokens) == 1:
                _, shown = await ask(site, "DELETE", f"{person}/invitation", admin)
                assert shown["invited_until"] is None
            elif len(tokens) == 2:
                other = {"name": "Sam Lee", "role": "patient", "email": "new@example.org"}
                other["username"] = added["username"]
                _, shown = await ask(site, "PUT", person, admin, other)
                assert shown["invited_until"] is None, "it was sent to the earlier address"
            else:
                site.clock.set(LIFETIME.total_seconds())
        for token in tokens:
            told = await ask(site, "POST", f"{API}/auth/invitation", {}, {"token": token})
            assert (told[0], told[1]["code"]) == (404, "unknown_invitation")


async def test_a_letter_that_cannot_be_sent_leaves_no_invitation(tmp_path: Path) -> None:
    async with open_site(mailing(tmp_path, free_port())) as site:
        admin = {**await site.headers("admin"), "Origin": "https://video.example.org"}
        body = {"name": "Sam Lee", "role": "patient", "email": "sam@example.org"}
        _, added = await ask(site, "POST", PEOPLE, admin, body)
        person = f"{PEOPLE}/{added['user_id']}"
        status, told = await ask(site, "POST", f"{person}/invitation", admin)
        assert (status, told["code"], told["reason"]) == (503, "mail_unavailable", "not_sent")
        assert (await ask(site, "GET", person, admin))[1]["invited_until"] is None


async def test_what_an_invitation_needs_is_told(site: Site) -> None:
    admin = await admin_of(site)
    _, added = await ask(site, "POST", PEOPLE, admin, {"name": "Sam", "role": "patient"})
    path = f"{PEOPLE}/{added['user_id']}/invitation"
    status, told = await ask(site, "POST", path, admin)
    assert (status, told["code"], told["reason"]) == (503, "mail_unavailable", "no_server")
