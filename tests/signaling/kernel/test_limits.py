"""How much one person may ask for, and what a thousand refusals leave in the audit log."""

from datetime import timedelta
from pathlib import Path

import pytest

from signaling.kernel import limits, repeats
from signaling.kernel.limits import RATES, Kind, Limits, TokenBucket
from signaling.kernel.repeats import Repeats
from signaling.kernel.words import Role
from storage.audit import AuditEvent
from storage.database import Database
from tests.signaling.conftest import API, TELEMEDICINE, Site, configuration, open_site
from tests.signaling.manual_clock import START, ManualClock
from tests.support.stored import events_since_start


def test_a_bucket_refills() -> None:
    bucket = TokenBucket.full(2, 1, 100.0)
    assert [bucket.take(100.0), bucket.take(100.0), bucket.take(100.0)] == [True, True, False]
    assert [bucket.take(101.0), bucket.take(101.5), bucket.take(102.0)] == [True, False, True]


class Seconds:
    """A steady clock that stands still."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_each_kind_and_each_person_is_counted_apart() -> None:
    now = Seconds()
    counted = Limits(now)
    burst, per_second = RATES["consent"]
    assert [counted.wait("consent", "sam") for _ in range(int(burst))] == [0] * int(burst)
    assert counted.wait("consent", "sam") == pytest.approx(1 / per_second)
    assert counted.wait("consent", "alex") == 0
    assert counted.wait("read", "sam") == 0
    now.now += 1 / per_second
    assert counted.wait("consent", "sam") == 0


def test_memory_for_limits_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_BUCKETS", 10)
    counted = Limits(Seconds())
    for number in range(20):
        counted.wait("read", str(number))
    assert len(counted._buckets) == 10


REQUESTS: list[tuple[Kind, Role, str, str, dict[str, object] | None]] = [
    ("read", "patient", "GET", f"{API}/auth/me", None),
    ("read", "provider", "GET", f"{TELEMEDICINE}/patients", None),
    ("read", "patient", "GET", f"{TELEMEDICINE}/calls", None),
    ("read", "patient", "GET", f"{TELEMEDICINE}/calls/none", None),
    ("read", "ops", "GET", f"{TELEMEDICINE}/ops/rooms", None),
    ("recording", "compliance", "GET", f"{TELEMEDICINE}/recordings", None),
    ("recording", "patient", "GET", f"{TELEMEDICINE}/recordings", None),
    (
        "recording",
        "patient",
        "POST",
        f"{TELEMEDICINE}/recordings/none/playback",
        {"purpose": "TREAT"},
    ),
    ("recording", "patient", "GET", f"{TELEMEDICINE}/recordings/none/parts/none/download", None),
    ("media", "compliance", "GET", f"{TELEMEDICINE}/recordings/none/parts/none/media", None),
    ("initiate", "provider", "POST", f"{TELEMEDICINE}/call/initiate", {"patient_id": "nobody"}),
    (
        "answer",
        "patient",
        "POST",
        f"{TELEMEDICINE}/call/accept",
        {"room_id": "none", "recording_consent": True},
    ),
    ("answer", "patient", "POST", f"{TELEMEDICINE}/call/decline", {"room_id": "none"}),
    ("change", "patient", "POST", f"{TELEMEDICINE}/call/end", {"room_id": "none"}),
    ("emergency", "patient", "POST", f"{TELEMEDICINE}/call/emergency", {"room_id": "none"}),
    ("session", "patient", "POST", f"{API}/auth/session", None),
    ("socket", "patient", "GET", f"{TELEMEDICINE}/ws/patient", None),
    ("visit", "patient", "GET", f"{TELEMEDICINE}/settings", None),
    ("visit", "patient", "GET", "/readyz", None),
    ("visit", "patient", "POST", f"{API}/auth/logout", None),
]


@pytest.mark.parametrize(("kind", "role", "method", "path", "body"), REQUESTS)
async def test_every_kind_of_request_has_an_end_for_one_person(
    site: Site,
    monkeypatch: pytest.MonkeyPatch,
    kind: Kind,
    role: Role,
    method: str,
    path: str,
    body: object,
) -> None:
    monkeypatch.setitem(RATES, kind, (2, 0.01))
    headers = await site.headers(role)
    statuses = []
    for _ in range(3):
        async with site.client.request(method, path, json=body, headers=headers) as response:
            statuses.append(response.status)
            if response.status == 429:
                assert (await site.problem(response))["code"] == "too_many_requests"
                assert int(response.headers["Retry-After"]) > 90
    assert statuses[2] == 429
    assert 429 not in statuses[:2]


async def test_an_emergency_is_shown_a_few_times_and_the_first_of_each_call_always(
    site: Site,
) -> None:
    url = f"{TELEMEDICINE}/call"
    headers = {role: await site.headers(role) for role in ("provider", "patient")}
    for _ in range(2):
        body = {"patient_id": "patient"}
        initiated = await site.client.post(
            f"{url}/initiate", json=body, headers=headers["provider"]
        )
        room = {"room_id": (await initiated.json())["room_id"]}
        statuses = []
        for _ in range(5):
            async with site.client.post(
                f"{url}/emergency", json=room, headers=headers["patient"]
            ) as response:
                statuses.append(response.status)
                if response.status == 429:
                    assert "112" in (await site.problem(response))["detail"]
        assert statuses == [200, 200, 429, 429, 429]
        ended = await site.client.post(f"{url}/end", json=room, headers=headers["provider"])
        assert ended.status == 200


async def test_many_refusals_are_the_first_and_one_row_with_how_many(tmp_path: Path) -> None:
    async with open_site(configuration(tmp_path)) as site:
        headers = await site.headers("patient")
        for number in range(repeats.MAX_RECORDINGS):
            for _ in range(3):
                await site.client.get(f"{TELEMEDICINE}/recordings/r{number}", headers=headers)
        for number in range(100, 120):
            await site.client.get(f"{TELEMEDICINE}/recordings/r{number}", headers=headers)
        found = await events_since_start(site.services.database)
        denied = [f"r{number}" for number in range(repeats.MAX_RECORDINGS)]
        assert [row.recording_id for row in found] == [*denied, None]
        assert {(row.action, row.actor_id) for row in found} == {("recording.denied", "patient")}
        for name in ("nobody", "anybody", "elena"):
            await site.client.post(
                f"{API}/auth/login", json={"username": name, "password": "wrong"}
            )
        await site.clock.advance(repeats.WINDOW_SECONDS)
        await site.client.get(f"{TELEMEDICINE}/recordings", headers=headers)
        url = site.services.config.database_url
    database = await Database.open(url)
    found = await events_since_start(database)
    await database.close()
    counted = {(row.action, row.recording_id): row.detail for row in found if "count" in row.detail}
    expected: dict[tuple[str, str | None], int] = {
        ("recording.denied", f"r{number}"): 2 for number in range(repeats.MAX_RECORDINGS)
    }
    expected |= {("recording.denied", None): 19, ("user.sign_in_failed", None): 2}
    assert {key: detail["count"] for key, detail in counted.items()} == expected
    assert counted["recording.denied", None]["first"] == START.isoformat()
    assert [row.action for row in found].count("user.sign_in_failed") == 2


async def test_whoever_asks_the_log_grows_by_a_bounded_number_of_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repeats, "MAX_KEYS", 3)
    database = await Database.open(f"sqlite+aiosqlite:///{tmp_path}/carelay.db")
    clock = ManualClock()
    log = Repeats(database, clock)
    for number in range(20):
        event = AuditEvent(
            "user.sign_in_failed",
            clock.now() + timedelta(seconds=number),
            address=f"198.51.100.{number}",
        )
        await log.append(event, f"198.51.100.{number}")
    await log.close()
    found = await events_since_start(database)
    await database.close()
    assert [row.address for row in found] == [
        "198.51.100.0",
        "198.51.100.1",
        "198.51.100.2",
        None,
        None,
    ]
    last = found[-1].detail
    assert (last["count"], last["many"]) == (16, True)
    assert str(last["last"]) > str(last["first"])
