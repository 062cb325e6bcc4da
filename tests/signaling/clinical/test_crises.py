"""What is at hand in a crisis and what was done in it, on both databases: kept in its time, sealed
where the provider wrote it, and read by the provider of the call alone.
"""

from pathlib import Path
from typing import Any, cast

import pytest
import sqlalchemy as sa

from signaling import shipped
from signaling.clinical.crises import crises
from signaling.clinical.crises.numbers import EmergencyDirectory, NumbersFileError
from signaling.kernel.countries import is_country
from signaling.kernel.words import Role
from storage.errors import KeyServiceAway
from storage.models import CrisisEntryRow
from storage.vault.keys import DataKey
from tests.signaling.clinical.test_appointments import call
from tests.signaling.clinical.test_appointments import site as site  # noqa: PLC0414 - a fixture
from tests.signaling.conftest import TELEMEDICINE, Site
from tests.signaling.test_outsiders import headers
from tests.support.stored import all_events

Told = dict[str, Any]
CONTACT = {"name": "Robin Morgan", "phone": "+491707654321", "relationship": "Sister"}


async def running(site: Site) -> str:
    record = {"name": "Name of patient", "contact": CONTACT}
    assert (await call(site, "provider", "PUT", "patients/patient", json=record))[0] == 200
    body = {"patient_id": "patient"}
    room_id = str((await call(site, "provider", "POST", "call/initiate", json=body))[1]["room_id"])
    accepted = {"room_id": room_id, "recording_consent": False}
    assert (await call(site, "patient", "POST", "call/accept", json=accepted))[0] == 200
    return room_id


async def found(site: Site, room_id: str) -> Told:
    status, crisis = await call(site, "provider", "GET", f"calls/{room_id}/crisis")
    assert status == 200, crisis
    return crisis


async def write(site: Site, room_id: str, kind: str, **more: str) -> tuple[int, Told]:
    body = {"kind": kind, **more}
    return await call(site, "provider", "POST", f"calls/{room_id}/crisis", json=body)


async def act(site: Site, role: Role, path: str, **body: Any) -> None:
    status, problem = await call(site, role, "POST", path, json=body)
    assert status in {200, 204}, problem
    await site.clock.advance(1)


class Away:
    """A key service that wraps, and opens nothing."""

    def __init__(self, keys: Any) -> None:
        self._keys = keys

    def __getattr__(self, name: str) -> Any:
        return getattr(self._keys, name)

    async def unwrap(self, *_of: object) -> DataKey:
        raise KeyServiceAway("it does not answer")


async def test_what_is_needed_in_a_crisis_is_there_while_no_key_can_be_had(site: Site) -> None:
    room_id = await running(site)
    await act(site, "provider", f"calls/{room_id}/crisis", kind="noted", text="Rang 112.")
    records = site.services.records
    keys, records._keys = records._keys, cast("Any", Away(records._keys))
    crisis = await found(site, room_id)
    assert crisis["contact"] == CONTACT
    assert [(one["readable"], one["text"]) for one in crisis["events"]] == [(False, None)]
    records._keys = keys
    assert [one["text"] for one in (await found(site, room_id))["events"]] == ["Rang 112."]


async def test_what_was_done_is_kept_in_its_time_and_read_after_the_call(site: Site) -> None:
    room_id = await running(site)
    before = await found(site, room_id)
    assert (before["stands"], before["contact"], before["events"]) == (False, CONTACT, [])
    await act(site, "patient", "call/emergency", room_id=room_id)
    await act(site, "provider", f"calls/{room_id}/crisis", kind="ticked", step="safety_asked")
    await act(site, "provider", f"calls/{room_id}/crisis", kind="ticked", step="services_rung")
    await act(site, "provider", f"calls/{room_id}/crisis", kind="unticked", step="services_rung")
    await act(site, "provider", f"calls/{room_id}/crisis", kind="noted", text=" Rang 112. ")
    await act(site, "admin", "call/emergency/acknowledge", room_id=room_id)
    during = await found(site, room_id)
    assert (during["stands"], during["done"]) == (True, ["safety_asked"])
    await act(site, "provider", f"call/{room_id}/crisis/over")
    assert not (await found(site, room_id))["stands"]
    await act(site, "provider", f"call/{room_id}/disconnect")
    events = (await found(site, room_id))["events"]
    assert [(one["kind"], one["by_name"]) for one in events] == [
        ("raised", "Name of patient"),
        ("ticked", "Name of provider"),
        ("ticked", "Name of provider"),
        ("unticked", "Name of provider"),
        ("noted", "Name of provider"),
        ("acknowledged", "Name of admin"),
        ("over", "Name of provider"),
        ("ended", "Name of provider"),
    ]
    assert [one["at"] for one in events] == sorted(one["at"] for one in events)
    assert (events[4]["text"], events[-1]["reason"]) == ("Rang 112.", "disconnected")
    async with site.services.database.reading() as tx:
        sealed = [one async for one in await tx.stream_scalars(sa.select(CrisisEntryRow.sealed))]
    assert sum(one is not None for one in sealed) == 4
    assert not any(b"112" in one or b"safety" in one for one in sealed if one)
    audited = [one.action for one in await all_events(site.services.database)]
    assert {"crisis.read", "crisis.noted", "call.crisis_over"} <= set(audited)


async def test_a_call_that_was_ended_for_safety_says_so_also_without_an_alarm(site: Site) -> None:
    room_id = await running(site)
    await act(site, "provider", f"call/{room_id}/disconnect")
    [event] = (await found(site, room_id))["events"]
    told = event["kind"], event["by_name"], event["reason"]
    assert told == ("ended", "Name of provider", "disconnected")
    other = await running(site)
    await act(site, "provider", "call/end", room_id=other)
    assert (await found(site, other))["events"] == []


async def test_alarms_take_no_line_away_from_the_provider(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crises, "MOST", 2)
    room_id = await running(site)
    await act(site, "patient", "call/emergency", room_id=room_id)
    await act(site, "patient", "call/emergency", room_id=room_id)
    await act(site, "admin", "call/emergency/acknowledge", room_id=room_id)
    for line in ("Rang 112.", "They come."):
        await act(site, "provider", f"calls/{room_id}/crisis", kind="noted", text=line)
    status, problem = await write(site, room_id, "noted", text="One too many")
    assert (status, problem["reason"]) == (422, "many")
    kinds = [one["kind"] for one in (await found(site, room_id))["events"]]
    assert kinds == ["raised", "raised", "acknowledged", "noted", "noted"]


async def test_who_was_rung_into_the_call_is_told_too(site: Site) -> None:
    room_id = await running(site)
    await headers(site, "colleague", "provider")
    await act(site, "provider", "call/emergency", room_id=room_id)
    invited = {"user_id": "colleague", "side": "supervisor"}
    await act(site, "provider", f"call/{room_id}/participants", **invited)
    who = await headers(site, "colleague", "provider")
    accepted = {"room_id": room_id, "recording_consent": False}
    async with site.client.post(f"{TELEMEDICINE}/call/accept", json=accepted, headers=who) as reply:
        assert reply.status == 200
    events = (await found(site, room_id))["events"]
    assert [(one["kind"], one["by_name"], one["side"]) for one in events[1:]] == [
        ("invited", "Name of colleague", "supervisor"),
        ("joined", "Name of colleague", "supervisor"),
    ]
    async with site.client.get(f"{TELEMEDICINE}/calls/{room_id}/crisis", headers=who) as reply:
        assert reply.status == 404, "whoever was rung in does not read it"


async def test_nobody_but_the_provider_of_the_call_reads_or_writes_it(site: Site) -> None:
    room_id = await running(site)
    path = f"calls/{room_id}/crisis"
    body = {"kind": "noted", "text": "Rang 112."}
    roles: tuple[Role, ...] = ("patient", "compliance", "ops", "admin", "guest")
    for role in roles:
        assert (await call(site, role, "GET", path))[0] == 403
        assert (await call(site, role, "POST", path, json=body))[0] == 403
    who = await headers(site, "other", "provider")
    for method in ("GET", "POST"):
        async with site.client.request(
            method, f"{TELEMEDICINE}/{path}", headers=who, json=body
        ) as reply:
            assert (reply.status, (await site.problem(reply))["code"]) == (404, "unknown_room")


async def test_what_cannot_be_written_is_named(site: Site) -> None:
    room_id = await running(site)
    for asked, reason in (
        ({"kind": "ticked"}, "step"),
        ({"kind": "noted", "step": "stayed", "text": "x"}, "step"),
        ({"kind": "noted", "text": "  "}, "text"),
        ({"kind": "ticked", "step": "stayed", "text": "x"}, "text"),
    ):
        status, problem = await write(site, room_id, **asked)
        assert (status, problem["code"], problem["reason"]) == (422, "invalid_crisis_entry", reason)


async def test_compliance_erases_what_was_written_and_its_time_stays(site: Site) -> None:
    room_id = await running(site)
    erase, why = f"calls/{room_id}/crisis/erase", {"reason": "Asked for it"}
    assert (await call(site, "compliance", "POST", erase, json=why))[1]["code"] == "unknown_crisis"
    await write(site, room_id, "noted", text="Rang 112.")
    assert (await call(site, "compliance", "POST", erase, json=why))[0] == 204
    [event] = (await found(site, room_id))["events"]
    assert (event["kind"], event["text"], event["readable"]) == ("noted", None, False)
    status, problem = await write(site, room_id, "noted", text="More")
    assert (status, problem["code"]) == (409, "clinical_text_erased")


async def test_a_country_has_its_numbers(site: Site) -> None:
    path = "emergency-numbers"
    _, german = await call(site, "provider", "GET", path, params={"country": "DE"})
    assert [one["number"] for one in german["numbers"]][:2] == ["112", "110"]
    _, none = await call(site, "provider", "GET", path, params={"country": "AQ"})
    assert none["numbers"] == []
    assert (await call(site, "provider", "GET", path, params={"country": "d"}))[0] == 422


def test_each_number_that_is_shipped_says_where_it_is_published() -> None:
    directory = EmergencyDirectory(None)
    countries = directory.of("DE").countries
    assert len(countries) > 30
    for code in countries:
        numbers = directory.of(code).numbers
        assert is_country(code)
        kinds = {one.kind for one in numbers}
        assert "emergency" in kinds or {"ambulance", "police"} <= kinds, code
        assert all((one.source or "").startswith("https://") for one in numbers), code
    norwegian = {one.kind: one.number for one in directory.of("NO").numbers}
    assert (norwegian["police"], norwegian["ambulance"]) == ("112", "113")
    assert shipped.emergency_numbers_path().exists()


def test_a_practice_puts_its_own_numbers_in_place_of_a_country(tmp_path: Path) -> None:
    own = tmp_path / "numbers.toml"
    own.write_text('[[DE]]\nkind = "crisis"\nnumber = "030 1234"\nname = "Our own"\n')
    directory = EmergencyDirectory(own)
    assert [one.number for one in directory.of("DE").numbers] == ["030 1234"]
    assert directory.of("AT").numbers[0].number == "112"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('[[XX]]\nkind = "crisis"\nnumber = "112"\n', "no country has the code XX"),
        ('[[DE]]\nkind = "crisis"\n', "number"),
        ('[[DE]]\nkind = "crisis"\nnumber = "call us"\n', "number"),
        ("[[DE]", "numbers.toml"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(tmp_path: Path, text: str, why: str) -> None:
    own = tmp_path / "numbers.toml"
    own.write_text(text)
    with pytest.raises(NumbersFileError, match=f"emergency.numbers_file.*{why}"):
        EmergencyDirectory(own)
