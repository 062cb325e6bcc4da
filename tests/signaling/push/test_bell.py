"""A device that rings while no page is open: a real push service, and whoever would misuse it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from signaling import config
from signaling.http.resources import ClientSettings
from signaling.push import vapid
from signaling.push.services import is_of
from signaling.push.vapid import Vapid
from storage.errors import KeyFileError
from storage.people import push_subscriptions, users
from tests.patience import until
from tests.signaling.conftest import API, TELEMEDICINE, Site, configuration, open_site
from tests.signaling.people.asking import ask
from tests.support.pushservice import PushService, claims_of, push_service

SUBSCRIPTION = f"{API}/auth/push-subscription"
CONTACT = "mailto:desk@practice.example"


@dataclass
class Ringing:
    """A server that pushes, and the service that it pushes to."""

    site: Site
    service: PushService

    async def put(
        self, name: str, role: str = "patient", **more: object
    ) -> tuple[int, dict[str, object]]:
        headers = await self.site.headers(role)  # type: ignore[arg-type]
        body = {"endpoint": self.service.address(name), **more}
        return await ask(self.site, "PUT", SUBSCRIPTION, headers, body)

    async def call(self) -> str:
        headers = await self.site.headers("provider")
        body = {"patient_id": "patient", "recording_enabled": False}
        path = f"{TELEMEDICINE}/call/initiate"
        status, made = await ask(self.site, "POST", path, headers, body)
        assert status == 200, made
        return str(made["room_id"])

    async def hung(self) -> list[str]:
        async with self.site.services.database.reading() as tx:
            return sorted(await push_subscriptions.of_user(tx, "patient"))


@pytest.fixture
async def ringing(tmp_path: Path, database_url: str) -> AsyncIterator[Ringing]:
    key = tmp_path / "keys" / "push.key"
    vapid.create(key)
    storage = config.Storage(data_path=tmp_path / "data", database_url=database_url)
    async with push_service() as service:
        push = config.Push(contact=CONTACT, key_file=key, services=(service.origin,))
        async with open_site(configuration(tmp_path, storage=storage, push=push)) as site:
            await site.headers("patient")
            yield Ringing(site, service)


async def test_every_device_of_the_patient_rings_and_learns_nothing(ringing: Ringing) -> None:
    assert (await ringing.put("phone"))[0] == 204
    assert (await ringing.put("tablet"))[0] == 204
    assert (await ringing.put("theirs", "compliance"))[0] == 204
    room_id = await ringing.call()
    await until(lambda: len(ringing.service.taken) == 2)
    settings = await (await ringing.site.client.get(f"{TELEMEDICINE}/settings")).json()
    now = ringing.site.clock.now().timestamp()
    for path, headers, body in ringing.service.taken:
        assert path in {"/push/phone", "/push/tablet"}
        assert body == b"", "a push service is told nothing"
        assert room_id not in str(headers)
        assert (headers["Urgency"], int(headers["TTL"])) == (
            "high",
            ringing.site.services.config.calls.ring_timeout_seconds,
        )
        claims = claims_of(
            headers["Authorization"], settings["push_key"], ringing.service.origin, now
        )
        assert claims["sub"] == CONTACT


async def test_a_busy_service_is_asked_again_and_a_device_that_is_gone_is_not(
    ringing: Ringing, caplog: pytest.LogCaptureFixture
) -> None:
    await ringing.put("phone")
    ringing.service.status = 503
    await ringing.call()
    await until(lambda: "does not push: 503" in caplog.text)
    ringing.service.status = 201
    while not ringing.service.taken:
        await ringing.site.clock.advance(1)
    asked = ringing.service.asked

    ringing.service.status = 410
    async with ringing.site.services.database.reading() as tx:
        [endpoint] = await push_subscriptions.of_user(tx, "patient")
    later = ringing.site.clock.now() + timedelta(minutes=1)
    ringing.site.services.bell.ring("patient", "another", later, lambda: True)
    await until(lambda: "does not push: 410" in caplog.text)
    await ringing.site.services.bell.background.drain(90)
    assert ringing.service.asked == asked + 1
    assert await ringing.hung() == []
    assert "/push/phone" not in caplog.text, f"{endpoint} lets whoever has it ring"


async def test_a_call_that_rings_no_more_is_pushed_no_more(
    ringing: Ringing, caplog: pytest.LogCaptureFixture
) -> None:
    await ringing.put("phone")
    ringing.service.status = 500
    await ringing.call()
    await until(lambda: "does not push: 500" in caplog.text)
    await ringing.site.clock.advance(ringing.site.services.config.calls.ring_timeout_seconds + 5)
    await ringing.site.services.bell.background.drain(90)
    asked = ringing.service.asked
    ringing.service.status = 201
    await ringing.site.clock.advance(3600)
    assert (ringing.service.asked, ringing.service.taken) == (asked, [])


async def test_a_call_that_was_taken_is_pushed_no_more(
    ringing: Ringing, caplog: pytest.LogCaptureFixture
) -> None:
    await ringing.put("phone")
    ringing.service.status = 500
    room_id = await ringing.call()
    await until(lambda: "does not push: 500" in caplog.text)
    ringing.service.status = 201
    patient = await ringing.site.headers("patient")
    body = {"room_id": room_id, "recording_consent": False}
    status, _ = await ask(ringing.site, "POST", f"{TELEMEDICINE}/call/accept", patient, body)
    assert status == 200
    await ringing.site.clock.advance(5)
    await ringing.site.services.bell.background.drain(90)
    assert ringing.service.taken == []


async def test_a_device_does_not_become_anothers_by_a_page_that_is_opened(
    ringing: Ringing,
) -> None:
    assert (await ringing.put("shared", "compliance"))[0] == 204
    status, problem = await ringing.put("shared", renewed=True)
    assert (status, problem["code"]) == (404, "unknown_push_subscription")
    assert await ringing.hung() == []
    assert (await ringing.put("shared", "compliance", renewed=True))[0] == 204


async def test_what_rings_is_the_devices_of_who_is_signed_in_there(ringing: Ringing) -> None:
    await ringing.put("shared")
    await ringing.put("shared", "compliance")  # somebody else signed in
    assert await ringing.hung() == []
    body = {"endpoint": ringing.service.address("shared")}
    patient = await ringing.site.headers("patient")
    assert (await ask(ringing.site, "DELETE", SUBSCRIPTION, patient, body))[0] == 204
    async with ringing.site.services.database.reading() as tx:
        assert await push_subscriptions.of_user(tx, "compliance"), "not theirs to take down"
    await ringing.put("phone")
    assert len(await ringing.hung()) == 1
    async with ringing.site.services.database.transaction() as tx:
        user = await users.by_id(tx, "patient")
        assert user is not None
        await users.end_sign_ins(tx, user, now=ringing.site.clock.now())
    assert await ringing.hung() == []


async def test_a_user_has_as_many_devices_as_are_kept(ringing: Ringing) -> None:
    for number in range(push_subscriptions.MOST_OF_A_USER + 2):
        ringing.site.clock.set(1)
        await ringing.put(f"phone-{number}")
    hung = await ringing.hung()
    assert len(hung) == push_subscriptions.MOST_OF_A_USER
    assert ringing.service.address("phone-0") not in hung


ELSEWHERE = [
    "http://169.254.169.254/latest/meta-data",
    "https://fcm.googleapis.com/fcm/send/1",
    "{origin}@evil.example/push/1",
    "{origin}.evil.example/push/1",
    "gopher://127.0.0.1/",
    "//127.0.0.1",
    "http://[::1",
    "http://127.0.0.1:99999/",
    "not an address",
]


async def test_nobody_makes_the_server_ask_another_address(ringing: Ringing) -> None:
    headers = await ringing.site.headers("patient")
    for endpoint in ELSEWHERE:
        body = {"endpoint": endpoint.replace("{origin}", ringing.service.origin)}
        status, problem = await ask(ringing.site, "PUT", SUBSCRIPTION, headers, body)
        assert (status, problem["code"]) == (422, "unknown_push_service"), endpoint


async def test_a_server_that_pushes_nothing_says_so(site: Site) -> None:
    settings = await (await site.client.get(f"{TELEMEDICINE}/settings")).json()
    assert settings["push_key"] is None
    assert "push_key" in ClientSettings.__struct_fields__
    body = {"endpoint": "https://fcm.googleapis.com/fcm/send/1"}
    headers = await site.headers("patient")
    status, problem = await ask(site, "PUT", SUBSCRIPTION, headers, body)
    assert (status, problem["code"]) == (409, "push_off")


@pytest.mark.parametrize(
    ("endpoint", "fits"),
    [
        ("https://fcm.googleapis.com/fcm/send/1", True),
        ("https://FCM.googleapis.com/fcm/send/1", True),
        ("https://updates.push.services.mozilla.com/wpush/v2/a", True),
        ("https://web.push.apple.com/a", True),
        ("https://wns2-par02p.notify.windows.com/w/?token=a", True),
        ("http://fcm.googleapis.com/fcm/send/1", False),
        ("https://fcm.googleapis.com:8443/fcm/send/1", False),
        ("https://push.services.mozilla.com/wpush", False),
        ("https://evilpush.services.mozilla.com.example/wpush", False),
        ("https://evil-push.apple.com/a", False),
        ("https://user@fcm.googleapis.com/fcm", False),
        ("https://fcm.googleapis.com/fcm#x", False),
        ("https://fcm.googleapis.com\n/fcm", False),
    ],
)
def test_push_services_are_those_of_the_browsers(endpoint: str, fits: bool) -> None:
    assert is_of(endpoint, config.Push().services) is fits


@pytest.mark.parametrize("content", [b"", b"no key", b"-----BEGIN PRIVATE KEY-----\nAAAA\n"])
def test_a_broken_key_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "push.key"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(KeyFileError, match=str(path)):
        Vapid(path, CONTACT)


def test_a_key_is_made_once(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "push.key"
    vapid.create(path)
    assert path.stat().st_mode & 0o777 == 0o600
    made = Vapid(path, CONTACT).public_key
    with pytest.raises(KeyFileError, match="exists"):
        vapid.create(path)
    assert Vapid(path, CONTACT).public_key == made
