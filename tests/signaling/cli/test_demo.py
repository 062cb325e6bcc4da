"""The demo's people and their history."""

from pathlib import Path

from signaling.cli import demo
from signaling.cli.demo import PASSWORD, PATIENTS, PROVIDER, STAFF, how_to_sign_in
from signaling.identity.passwords import Passwords
from tests.signaling.conftest import API, TELEMEDICINE, Site, configuration, open_site


async def cookie(site: Site, username: str) -> dict[str, str]:
    body = {"username": username, "password": PASSWORD}
    async with site.client.post(f"{API}/auth/login", json=body) as response:
        assert response.status == 200
        return {"Cookie": response.headers["Set-Cookie"].partition(";")[0]}


async def test_one_user_a_role_can_sign_in_and_there_is_a_history_and_seeding_twice_changes_nothing(
    tmp_path: Path,
) -> None:
    async with open_site(configuration(tmp_path), demo=True) as site:
        for _ in range(2):
            await demo.seed(site.services.database, Passwords(), site.clock.now())
        for person in (PROVIDER, PATIENTS[0], *STAFF):
            async with site.client.get(
                f"{API}/auth/me", headers=await cookie(site, person.username)
            ) as response:
                assert (await response.json())["role"] == person.role
        provider = await cookie(site, PROVIDER.username)
        async with site.client.get(f"{TELEMEDICINE}/patients", headers=provider) as response:
            patients = (await response.json())["patients"]
        async with site.client.get(f"{TELEMEDICINE}/calls", headers=provider) as response:
            calls = (await response.json())["calls"]
    assert [patient["name"] for patient in patients] == ["Alex Morgan", "Jordan Kim", "Sam Lee"]
    assert [call["patient_name"] for call in calls] == [
        "Alex Morgan",
        "Jordan Kim",
        "Sam Lee",
        "Alex Morgan",
    ]
    assert {call["call_status"] for call in calls} == {"ended"}


def test_the_terminal_names_every_account_and_the_password() -> None:
    text = how_to_sign_in("http://localhost:8080")
    assert text.startswith("carelay demo: http://localhost:8080 ")
    assert all(person.username in text for person in (PROVIDER, *PATIENTS, *STAFF))
    assert PASSWORD in text
